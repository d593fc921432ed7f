"""peak_memory.py FILE COMMAND...

Runs COMMAND, writes to FILE how many MiB of memory it had at most, and ends as it did.
"""

import resource
import subprocess
import sys

ended = subprocess.run(sys.argv[2:])
with open(sys.argv[1], 'w') as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
sys.exit(ended.returncode)
