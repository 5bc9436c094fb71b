from impl.fanout import one_by_one

together = one_by_one
