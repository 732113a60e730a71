"""The compiled way from UTF-8 bytes to scores and to counts; imported for bulk work only, as it loads numba.

It cuts words exactly as ``analyser`` does, which stays the one that small inputs and explanations use. The loops are
plain Python in the files here, run uncompiled by the tests; ``compiling`` turns them into machine code.
"""
