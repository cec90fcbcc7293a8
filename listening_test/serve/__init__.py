"""A listening test is served, and what listeners send is kept."""
