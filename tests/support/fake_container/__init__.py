"""A stand-in for Apple's ``container`` program, for machines that cannot run it.

It keeps the program's texts, JSON shapes (of 1.x and of 0.12), exit codes and pitfalls. Its containers
are processes of this machine that publish real ports. :mod:`support.fake_container.machine` is
how tests install and steer it.
"""
