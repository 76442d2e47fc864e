"""The ids of all checks: a checklist that lacks one is not whole, and no run takes it for the list."""

# Half and article step, and how many checks it has; their numbers begin at 1 (docs/checklist.md).
_CHECKS = {
    "INT": {1: 6, 2: 4, 3: 3, 4: 2, 5: 3, 6: 4, 7: 4, 8: 3},
    "EXT": {2: 2, 3: 4, 4: 3, 5: 5, 6: 2, 7: 3, 8: 9, 9: 1},
}

CHECK_IDS = frozenset(
    f"{half}-{step:02}-{number}"
    for half, steps in _CHECKS.items()
    for step, count in steps.items()
    for number in range(1, count + 1)
)
