"""Confirming and paying: what the customer has said yes to, and what their bank says of it."""

from __future__ import annotations

from api.commands.asking import Asking, accidents
from api.commands.outcomes import BookingIsOver, ConfirmOutcome, Progress
from domain.bookings import BookingRef
from domain.payments import PaymentNews
from domain.series import SeriesRef
from workflows.messages import Confirm, Confirmed, Pay


class Confirming(Asking):
    """Each returns when it is done or needs somebody, and while it is still worked on once callers have waited long enough."""

    async def confirm(self, booking: BookingRef, payment_method: str | None, return_url: str | None) -> ConfirmOutcome:
        """Raises PaymentDeclined, HoldExpired, BookingFailed, TransitionNotAllowed, BookingIsOver, Unavailable."""
        confirm = Confirm(payment_method, return_url or self._settings.public_url)
        return await self._confirm(booking.workflow_id, "confirm", confirm)

    async def pay(self, booking: BookingRef, payment_method: str, return_url: str | None) -> ConfirmOutcome:
        """Raises PaymentDeclined, TransitionNotAllowed, ChangeUnderWay, BookingIsOver, Unavailable."""
        pay = Pay(payment_method, return_url or self._settings.public_url)
        return await self._confirm(booking.workflow_id, "pay", pay)

    async def confirm_series(self, series: SeriesRef, payment_method: str | None, return_url: str | None) -> ConfirmOutcome:
        """Raises as `confirm` does."""
        confirm = Confirm(payment_method, return_url or self._settings.public_url)
        return await self._confirm(series.workflow_id, "confirm", confirm)

    async def tell_payment_news(self, news: PaymentNews, series: SeriesRef | None = None) -> None:
        """Raises Unavailable."""
        booking = BookingRef(news.business_id, news.booking_id)
        handle = self._client.get_workflow_handle((series or booking).workflow_id)
        try:
            with accidents():
                await handle.signal("payment_changed")
        except BookingIsOver:
            return

    async def _confirm(self, workflow_id: str, update: str, request: Confirm | Pay) -> ConfirmOutcome:
        try:
            confirmed = await self._ask(workflow_id, update, request, Confirmed)
        except TimeoutError:
            return ConfirmOutcome(Progress.WORKING)
        if confirmed.is_confirmed:
            return ConfirmOutcome(Progress.CONFIRMED)
        if confirmed.waits_for_approval:
            return ConfirmOutcome(Progress.WAITING)
        return ConfirmOutcome(Progress.ACTION_REQUIRED, confirmed.next_action)
