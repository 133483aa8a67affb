"""What would have to be different: the smallest change to a lead that sends it elsewhere, and what
a rep would need to get it. Every answer was run through the engine before it is given."""

from routing.engine.counterfactuals.nearest import Change, LeadChange, find_smallest_change
from routing.engine.counterfactuals.reps import RepAnswer, RepChange, find_way_to_rep

__all__ = [
    "Change",
    "LeadChange",
    "RepAnswer",
    "RepChange",
    "find_smallest_change",
    "find_way_to_rep",
]
