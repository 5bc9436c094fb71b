from impl.fanout import together

one_by_one = together
