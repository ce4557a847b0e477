"""Other people's differentiators behind our interface; each needs its package, imported when it prepares."""
