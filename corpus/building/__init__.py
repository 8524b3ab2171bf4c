"""How a build runs: a plan of portions, a part made of each by any number of workers, a corpus of all parts.

::

    plan      sources -> portions                small descriptors without text, the same for any workers
    part      portion -> part                    the batch function: reads, aligns, gives Arrow tables
    engines/  portions -> parts, in any order    here on this machine's processors
    part_files the parts on the disk              what a build that was stopped need not do again
    assembly  parts, in the plan's order -> a generation of the corpus
"""
