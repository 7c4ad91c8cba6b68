"""Serves the API by HTTP from one process or several, on a port that it may share with the release before or after it."""

from __future__ import annotations

import errno
import logging
import multiprocessing
import os
import signal
import socket
import threading
from contextlib import suppress
from multiprocessing.process import BaseProcess

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from api.app import configured_app
from api.impatient import Impatient
from api.middleware.watching import shared_metrics
from api.wiring import longest_answer
from settings import Settings

log = logging.getLogger("slotkeeper.api")


class CannotListen(Exception):
    """The port is not to be had; the text says which and why."""


def serve(settings: Settings) -> bool:
    """Until SIGTERM or SIGINT; what is under way then is answered first. False where the app did not start, for a reason that is
    in the log. Raises CannotListen."""
    with shared_metrics(settings.api_processes):
        config = uvicorn.Config(
            f"{__name__}:app_of_this_process",
            factory=True,
            http=Impatient,
            workers=settings.api_processes,
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,  # whom to trust is a setting of ours, and nobody by default
            timeout_graceful_shutdown=longest_answer(settings),
        )
        bound = listen(settings.api_host, settings.api_port, is_shared=settings.api_shares_port)
        log.info("serves http://%s:%d", settings.api_host, bound.getsockname()[1])
        if settings.api_processes > 1:
            Processes(config, [bound]).run()
            return True
        server = uvicorn.Server(config)
        with suppress(KeyboardInterrupt):  # it has ended as it should, and tells how it was asked to
            server.run([bound])
        return server.started


def app_of_this_process() -> FastAPI:
    """The app. One of several processes ends with the one that started it, also where that was killed: it would hold the port."""
    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_after, args=[parent], daemon=True).start()
    return configured_app()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGINT)  # unlike SIGTERM it does not wait; what has begun is answered all the same


def listen(host: str, port: int, *, is_shared: bool) -> socket.socket:
    """A socket of this address, on which nobody listens yet. Raises CannotListen.

    A shared one lets another program of this user bind the same port; the kernel gives each new connection to one of them.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        if is_shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((host, port))
    except OSError as fault:
        bound.close()
        why = os.strerror(number).lower() if (number := fault.errno or 0) in errno.errorcode else str(fault)
        raise CannotListen(f"the API cannot listen on {host}, port {port}: {why}") from fault
    bound.set_inheritable(True)
    return bound


class Processes(Multiprocess):
    """Several processes on one socket."""

    def terminate_all(self) -> None:
        """Lets go of the socket as well: nobody here answers on it, and while we hold it the kernel would still send us some."""
        super().terminate_all()
        for each in self.sockets:
            each.close()
