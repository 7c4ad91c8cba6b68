"""All processes that are attacked."""

from __future__ import annotations

from bench.crash.approval_sagas import Approve, Decline, Renew
from bench.crash.booking_sagas import AskedByTheBank, Book, GivenUp, RunOut, Undone
from bench.crash.change_sagas import CancelIt, MoveIt, NobodyCame, SentBack
from bench.crash.offer_sagas import TakeAnOffer
from bench.crash.saga import Saga
from bench.crash.series_sagas import BookSeries, CancelSeries, ChargeSeries

SAGAS: tuple[type[Saga], ...] = (
    Book,
    AskedByTheBank,
    Undone,
    GivenUp,
    CancelIt,
    MoveIt,
    TakeAnOffer,
    BookSeries,
    CancelSeries,
    ChargeSeries,
    Approve,
    Decline,
    Renew,
    NobodyCame,
    SentBack,
    RunOut,
)
