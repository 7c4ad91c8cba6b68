"""Workers: whether anybody asks for the work, and how long it waits for them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, DescribeTaskQueueResponse

from api.commands.asking import Asking, accidents

POLL_SEEN_WITHIN = timedelta(seconds=75)  # a poll lasts a minute
PATIENCE = timedelta(seconds=3)


class Workers(Asking):
    """Looks at the task queue, as Temporal sees it."""

    async def worker_is_polling(self) -> bool:
        """Whether somebody asked for work within the last minute or so."""
        queue = await self._describe(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
        oldest = datetime.now(UTC) - POLL_SEEN_WITHIN
        return any(poller.last_access_time.ToDatetime(UTC) >= oldest for poller in queue.pollers)

    async def backlog_seconds(self) -> float:
        """How long the oldest task has waited for a worker, of workflows or activities. Tasks that a worker was just given, or
        that only one may take, do not count."""
        kinds = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
        queues = await asyncio.gather(*(self._describe(kind) for kind in kinds))
        return max(queue.stats.approximate_backlog_age.ToTimedelta().total_seconds() for queue in queues)

    async def _describe(self, kind: TaskQueueType.ValueType) -> DescribeTaskQueueResponse:
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=self._settings.task_queue),
            task_queue_type=kind,
            report_stats=True,
        )
        with accidents():
            return await self._client.workflow_service.describe_task_queue(request, timeout=PATIENCE)
