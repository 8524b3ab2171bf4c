"""How a build runs: a plan of portions, a part made of each by any number of workers, a corpus of all parts.

::

    chunks       sources -> chunks                 what is used again as long as its content is the same
    plan         chunks -> shards, portions       small descriptors without text, the same for any workers
    make_part    portion -> part                  the batch function: reads, aligns, returns Arrow tables
    engines/     portions -> parts, in any order  on this machine's processors or on a Ray cluster
    part_files   parts on the disk                a build that was stopped goes on from them
    surveys      all documents -> decisions       taken ids, near-duplicates, repeated lines
    assembly     parts and old shards -> the shards of a generation
"""
