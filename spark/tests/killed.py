"""python tests/killed.py BATCH land…: the job, killed after it has put this batch's rows in their place.

Spark has not yet noted that the batch is done, so the next run does it again.
"""

import os
import signal
import sys

from guildhall_spark import __main__ as job
from guildhall_spark.lander import Lander


class KilledLander(Lander):
    def land(self, records, batch):
        super().land(records, batch)
        if batch == killed_after:
            os.kill(self.spark.sparkContext._gateway.proc.pid, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)


killed_after = int(sys.argv.pop(1))
job.Lander = KilledLander
sys.exit(job.main())
