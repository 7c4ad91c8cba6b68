"""Workers: whether anybody asks for the work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from api.commands.asking import Asking, accidents

POLL_SEEN_WITHIN = timedelta(seconds=75)  # a poll lasts a minute


class Workers(Asking):
    """Looks at the task queue, as Temporal sees it."""

    async def worker_is_polling(self) -> bool:
        """Whether somebody asked for work within the last minute or so."""
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=self._settings.task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        with accidents():
            queue = await self._client.workflow_service.describe_task_queue(request, timeout=timedelta(seconds=3))
        oldest = datetime.now(UTC) - POLL_SEEN_WITHIN
        return any(poller.last_access_time.ToDatetime(UTC) >= oldest for poller in queue.pollers)
