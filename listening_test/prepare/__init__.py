"""A listening test is planned and made: stimuli, anchors, the folder of the player, exports."""
