"""Values as people read them."""

WORDS = {
    "not finite": "not finite",
    "identity": "identity",
    "all 1": "all 1",
    "in all": "... {count} in all",
    "shapes": "{shapes} numbers",
}
