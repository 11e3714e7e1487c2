"""The pipeline as a library: plan, apply, destroy and assert what a file declares."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clockwork.errors import ClockworkError
from clockwork.event_log import log_event
from clockwork.hook_types import Event
from clockwork.logs import get_logger
from clockwork.pipeline import Pipeline
from clockwork.plugins.manager import PluginManager
from clockwork.plugins.manager import get as installed_plugins
from clockwork.project import Project
from clockwork.results import RunResult
from clockwork.settings import Settings
from clockwork.waiting import run_to_its_end

if TYPE_CHECKING:
    from clockwork.explaining import AskedQuestion, ExplainedResource
    from clockwork.pulumi_compiler import PulumiCompiler
    from clockwork.resource_completer import ResourceCompleter
    from clockwork.resources.base import Resource
    from clockwork.results import AssertionResult, LockReport
    from clockwork.state.deployed import Deployed


_log = get_logger(__name__)


class ClockworkCore:
    """Plans, applies, asserts and destroys what a file declares.

    Every method works from synchronous code and from inside a running event loop, returns a
    :class:`~clockwork.results.RunResult`, and raises a :class:`~clockwork.errors.ClockworkError`
    whose ``result`` holds what was known and done before the failure. One object does one run at a
    time; :attr:`resource_completer` and :attr:`pulumi_compiler` are those of the file it worked on
    last, or of ``main.py`` in the working folder.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        plugins: PluginManager | None = None,
        observe: Callable[[Event], None] | None = None,
        confirm: Callable[[RunResult], bool] | None = None,
        locked: bool = False,
        refresh_completions: Collection[str] | None = None,
        keep_completions: Collection[str] | None = None,
    ) -> None:
        """Prepare a pipeline.

        Args:
            settings: The settings; read from the folder of the file when ``None``.
            plugins: The loaded plugins; all that are installed when ``None``.
            observe: Told what happens, beside the plugins that observe.
            confirm: Shown the plan before anything changes; ``False`` stops the run. ``None``: no
                plan is made first, and nobody is asked.
            locked: Refuse to ask a model and to look names up: every value and pin must be in the lock.
            refresh_completions: Addresses to ask again about although the lock has their values;
                empty means all, ``None`` means none.
            keep_completions: Addresses whose values stay although their question changed, as the
                person's own; empty means all, ``None`` means none.
        """
        self.settings = settings
        self.plugins = plugins or installed_plugins()
        self._told = observe or (lambda _event: None)
        self._confirm = confirm
        self._locked = locked
        self._refresh, self._keep = refresh_completions, keep_completions
        self._latest: Pipeline | None = None

    @property
    def result(self) -> RunResult | None:
        """What the run on the file in use knows and has done so far; ``None`` before the first.

        It tells what came of a run that ended with something other than a ``ClockworkError``, such as
        ``KeyboardInterrupt``.
        """
        return self._latest.result if self._latest else None

    @property
    def resource_completer(self) -> ResourceCompleter:
        """What completes the resources of the file in use.

        Raises:
            LockError: The project's lock cannot be read.
        """
        return self._in_use.completer

    @property
    def pulumi_compiler(self) -> PulumiCompiler:
        """What deploys the resources of the file in use."""
        return self._in_use.compiler

    def plan(self, main_file: Path, *, targets: Collection[str] = (), refresh: bool = False) -> RunResult:
        """Complete the resources and preview what would change, without deploying.

        Args:
            main_file: The file that declares the resources.
            targets: The addresses to work on, with all that they need; empty for all.
            refresh: Look at the real things first, so that changes by hand are told apart.

        Raises:
            ClockworkError: The file, a completion or the engine failed.
        """
        return self._run(
            "plan", main_file, lambda pipeline: pipeline.plan(), targets=targets, refresh=refresh
        )

    def apply(
        self,
        main_file: Path,
        dry_run: bool = False,
        *,
        targets: Collection[str] = (),
        wait_for_all: bool = False,
        refresh: bool = False,
    ) -> RunResult:
        """Complete the resources and deploy them.

        Args:
            main_file: The file that declares the resources.
            dry_run: Complete and validate alone; the engine is not started.
            targets: The addresses to work on, with all that they need; empty for all.
            wait_for_all: Wait until every resource passes its assertions, before what depends on it is
                deployed; otherwise only where an assertion says so.
            refresh: Look at the real things first, so that changes by hand are told apart.

        Raises:
            ClockworkError: The file, a completion or a resource failed, or one did not get ready.
            Cancelled: The plan was not confirmed.
        """
        return self._run(
            "apply",
            main_file,
            lambda pipeline: pipeline.complete_only() if dry_run else pipeline.apply(),
            targets=targets,
            wait_for_all=wait_for_all,
            refresh=refresh,
        )

    def destroy(
        self,
        main_file: Path,
        dry_run: bool = False,
        *,
        keep_files: bool = False,
        force: bool = False,
        targets: Collection[str] = (),
    ) -> RunResult:
        """Remove everything the state says was made, then Clockwork's own folder.

        Needs neither a model nor a complete or even existing ``main_file``: its folder is enough.

        Args:
            main_file: The file that declared the resources.
            dry_run: Only tell what would be removed.
            keep_files: Keep the ``.clockwork`` folder.
            force: Also delete what was edited by hand since.
            targets: The addresses to remove, with all that depends on them; empty for all.

        Raises:
            ClockworkError: Something could not be removed; the state keeps it.
            Cancelled: The plan was not confirmed.
        """
        return self._run(
            "destroy",
            main_file,
            lambda pipeline: pipeline.destroy(dry_run=dry_run, keep_files=keep_files),
            loads=False,
            force=force,
            targets=targets,
        )

    def refresh(self, main_file: Path, *, targets: Collection[str] = ()) -> RunResult:
        """Look at the real things and remember them as they are; nothing real is changed.

        Needs neither a model nor a complete or even existing ``main_file``.

        Args:
            main_file: The file that declared the resources.
            targets: The addresses to look at; empty for all.

        Raises:
            ClockworkError: A thing cannot be looked at.
        """
        return self._run("refresh", main_file, lambda pipeline: pipeline.look(), loads=False, targets=targets)

    def assert_resources(
        self, main_file: Path, dry_run: bool = False, *, targets: Collection[str] = ()
    ) -> RunResult:
        """Validate the deployed resources; the engine is not needed.

        Args:
            main_file: The file that declares the resources.
            dry_run: Complete alone; no assertion runs.
            targets: The addresses to validate; empty for all.

        Raises:
            AssertionsFailed: At least one assertion failed.
            UsageError: There is no resource at one of the targets.
            ClockworkError: The file or a completion failed.
        """
        return self._run(
            "assert",
            main_file,
            lambda pipeline: pipeline.complete_only() if dry_run else pipeline.verify(),
            targets=targets,
        )

    def lock(
        self, main_file: Path, *, upgrade_pins: bool = False, targets: Collection[str] = ()
    ) -> LockReport:
        """Tell what the lock holds beside what a file asks for; no model is asked.

        Args:
            main_file: The file that declares the resources.
            upgrade_pins: Look up again what names such as images' tags mean, write it to the lock, and
                tell of these alone; one that cannot be looked up keeps its pin.
            targets: The addresses to tell of; empty for all.

        Raises:
            ClockworkError: The file cannot be loaded, or the lock cannot be read or written.
        """
        from clockwork.locking import locked, upgraded

        return (upgraded if upgrade_pins else locked)(self._opened("lock", main_file), targets)

    def prune_lock(self, main_file: Path) -> LockReport:
        """Drop what nobody declares any more from the lock, and tell what it holds then; no model is asked.

        Args:
            main_file: The file that declares the resources.

        Raises:
            ClockworkError: The file cannot be loaded, or the lock cannot be read or written.
        """
        from clockwork.locking import pruned

        return pruned(self._opened("lock", main_file))

    def explain(self, main_file: Path, *, targets: Collection[str] = ()) -> list[ExplainedResource]:
        """Tell every value of the resources and who decided it; no model is asked, no engine is needed.

        Args:
            main_file: The file that declares the resources.
            targets: The addresses to tell of; empty for all.

        Raises:
            ClockworkError: The file cannot be loaded, or the lock cannot be read.
            UsageError: There is no resource at one of the targets.
        """
        from clockwork.explaining import explained

        return explained(self._opened("show", main_file), targets)

    def questions(self, main_file: Path, address: str) -> list[AskedQuestion]:
        """Word what a model is asked about a resource; nothing is sent.

        Args:
            main_file: The file that declares the resources.
            address: The resource.

        Raises:
            ClockworkError: The file cannot be loaded, or the lock cannot be read.
            UsageError: There is no such resource.
        """
        from clockwork.explaining import questions

        return questions(self._opened("prompt", main_file), address)

    def resources(self, main_file: Path) -> list[Resource]:
        """Load the resources of a file, each at its address; nothing is completed.

        Args:
            main_file: The file that declares the resources.

        Raises:
            LoadError: The file cannot be loaded, or declares something impossible.
        """
        return self._opened("load", main_file).load()

    _load_resources = resources

    def outputs(self, main_file: Path, *, targets: Collection[str] = ()) -> list[Deployed]:
        """Tell what is deployed, with its outputs; the file need not exist.

        Args:
            main_file: The file that declared the resources.
            targets: The addresses to tell of; empty for all.

        Raises:
            StateError: The stack cannot be opened.
            UsageError: Nothing is deployed at one of the targets.
        """
        from clockwork.state.deployed import at

        return at(targets, self._opened("outputs", main_file).compiler.deployed())

    def _execute_assertions(self, resources: list[Resource]) -> list[AssertionResult]:
        """Run the assertions of completed resources."""
        return run_to_its_end(self._in_use.run_assertions(resources))

    def _run(
        self,
        command: str,
        main_file: Path,
        work: Callable[[Pipeline], Coroutine[Any, Any, None]],
        *,
        loads: bool = True,
        **chosen: Any,
    ) -> RunResult:
        from clockwork.hosts.pool import in_use

        started = time.perf_counter()
        pipeline = self._opened(command, main_file, **chosen)
        result = pipeline.result
        try:
            with _log.stage(command, file=str(pipeline.project.main_file), stack=result.stack), in_use():
                if loads:
                    pipeline.load()
                run_to_its_end(work(pipeline))
        except ClockworkError as error:
            error.result = result
            raise
        finally:
            result.seconds.total = time.perf_counter() - started
        return result

    def _opened(self, command: str, main_file: Path, **chosen: Any) -> Pipeline:
        """Start a run on a file, which is the one in use from now on."""
        file = Path(main_file).expanduser().absolute()
        settings = self.settings or Settings.load(file.parent)
        self._latest = Pipeline(
            Project.of(file, settings.project_name),
            settings,
            self.plugins,
            RunResult(command, settings.stack),
            self._observe,
            confirm=self._confirm,
            locked=self._locked,
            refresh_completions=self._refresh,
            keep_completions=self._keep,
            **chosen,
        )
        return self._latest

    @property
    def _in_use(self) -> Pipeline:
        return self._latest or self._opened("load", Path("main.py"))

    def _observe(self, event: Event) -> None:
        log_event(event)
        self._told(event)
        self.plugins.notify(event)
