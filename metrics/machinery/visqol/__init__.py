"""ViSQOL's speech mode, computed faster."""
