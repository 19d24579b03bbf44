"""The use cases of budgets, of what was spent and of the kill switch. Field names are the parameter names that handlers
ask for."""

from dataclasses import dataclass

from services.assistant.batches.cancel_batch import CancelBatch
from services.assistant.batches.confirm_batch import ConfirmBatch
from services.assistant.batches.place_batch import PlaceBatch
from services.assistant.batches.receive_batch import ReceiveBatch
from services.assistant.budgets.ask_for_more import AskForMore
from services.assistant.budgets.deny_more import DenyMore
from services.assistant.budgets.free_budget import FreeBudget
from services.assistant.budgets.grant_extra import GrantExtra
from services.assistant.budgets.open_budget import OpenBudget
from services.assistant.budgets.raise_budget import RaiseBudget
from services.assistant.budgets.set_budget import SetBudget
from services.assistant.budgets.show_budgets import ShowBudgets
from services.assistant.budgets.team_days import TeamDays
from services.assistant.digests.choose_digest import ChooseDigest
from services.assistant.halts.halt_generation import HaltGeneration
from services.assistant.halts.lift_halt import LiftHalt
from services.assistant.halts.report_halts import ReportHalts
from services.assistant.halts.watch_halts import WatchHalts
from services.assistant.ports import Clock
from services.assistant.report_spending import ReportSpending
from services.charts.ports import ChartPainter
from services.domain.digest import DigestPlan
from services.queue.ports import JobQueue
from services.store.ports import Store


@dataclass(frozen=True, slots=True)
class MoneyUseCases:
    show_budgets: ShowBudgets
    open_budget: OpenBudget
    set_budget: SetBudget
    free_budget: FreeBudget
    raise_budget: RaiseBudget
    grant_extra: GrantExtra
    deny_more: DenyMore
    ask_for_more: AskForMore
    halt_generation: HaltGeneration
    lift_halt: LiftHalt
    report_halts: ReportHalts
    report_spending: ReportSpending
    choose_digest: ChooseDigest
    paint_chart: ChartPainter
    receive_batch: ReceiveBatch
    place_batch: PlaceBatch
    confirm_batch: ConfirmBatch
    cancel_batch: CancelBatch


def build_money_use_cases(
    store: Store, jobs: JobQueue, clock: Clock, watch: WatchHalts, plan: DigestPlan, painter: ChartPainter
) -> MoneyUseCases:
    """`plan`: in its zone the days of budgets begin, too."""
    zone = plan.zone
    days = TeamDays(clock, zone)
    return MoneyUseCases(
        show_budgets=ShowBudgets(store, days),
        open_budget=OpenBudget(store, days),
        set_budget=SetBudget(store, jobs, days),
        free_budget=FreeBudget(store, jobs, days),
        raise_budget=RaiseBudget(store, jobs, days),
        grant_extra=GrantExtra(store, jobs, days),
        deny_more=DenyMore(store, jobs, days),
        ask_for_more=AskForMore(store, jobs, days),
        halt_generation=HaltGeneration(store, clock, watch),
        lift_halt=LiftHalt(store, watch),
        report_halts=ReportHalts(store),
        report_spending=ReportSpending(store, clock, zone, plan, painter.warm_up),
        choose_digest=ChooseDigest(store, clock, plan),
        paint_chart=painter,
        receive_batch=ReceiveBatch(store),
        place_batch=PlaceBatch(store, jobs),
        confirm_batch=ConfirmBatch(store, jobs, days),
        cancel_batch=CancelBatch(store, jobs),
    )
