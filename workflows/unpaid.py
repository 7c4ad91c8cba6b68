"""Makes sure that an occurrence which ended before it was paid is not paid for by a try that was thought dead."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.payments import PaymentActivities
    from activities.series import OccurrencePaymentActivities
    from workflows.kept import Kept
    from workflows.steps import ONE_TRY, at_vendor


async def undo(kept: Kept) -> None:
    """Voids or gives back what may have got through. Looks twice: a try may do so as long as a try lasts."""
    due = kept.message.due
    if due is None or not due.is_tried:
        return
    for pause in (timedelta(0), ONE_TRY):
        if pause:
            await workflow.sleep(pause, summary="A late try may still get through")
        if due.attempts:
            void = PaymentActivities.void_payment_if_made
            await at_vendor(void, kept.booking, summary="Void or refund the payment")
        give_back = OccurrencePaymentActivities.undo_occurrence_charge_if_made
        await at_vendor(give_back, kept.booking, summary="Give the charge back, if it was made")
    kept.change(due=None)
