""" Contains all the data models used in inputs/outputs """

from .alive import Alive
from .allowed_networks_answer import AllowedNetworksAnswer
from .approval_answer import ApprovalAnswer
from .approval_need import ApprovalNeed
from .approval_state import ApprovalState
from .assignment import Assignment
from .audit_line_answer import AuditLineAnswer
from .audit_line_answer_named import AuditLineAnswerNamed
from .audit_log import AuditLog
from .authorisation_server import AuthorisationServer
from .availability import Availability
from .availability_answer import AvailabilityAnswer
from .booking_answer import BookingAnswer
from .booking_list import BookingList
from .booking_status import BookingStatus
from .branding_answer import BrandingAnswer
from .branding_changes import BrandingChanges
from .broken_rule_answer import BrokenRuleAnswer
from .business_answer import BusinessAnswer
from .business_answer_links import BusinessAnswerLinks
from .business_changes import BusinessChanges
from .busy_calendar_answer import BusyCalendarAnswer
from .busy_calendar_list import BusyCalendarList
from .busy_entry import BusyEntry
from .by_hand import ByHand
from .cancel_booking import CancelBooking
from .cancel_series_request import CancelSeriesRequest
from .cancellation_answer import CancellationAnswer
from .channel import Channel
from .charge_answer import ChargeAnswer
from .confirm_booking import ConfirmBooking
from .customer_answer import CustomerAnswer
from .customer_export import CustomerExport
from .customer_external_id import CustomerExternalId
from .customer_list import CustomerList
from .customer_summary import CustomerSummary
from .decline_booking import DeclineBooking
from .delivery_answer import DeliveryAnswer
from .delivery_list import DeliveryList
from .delivery_state_input import DeliveryStateInput
from .disabled_reason import DisabledReason
from .done_answer import DoneAnswer
from .entry_state import EntryState
from .erase_customer import EraseCustomer
from .erased_answer import ErasedAnswer
from .event import Event
from .event_detail import EventDetail
from .event_type import EventType
from .forgotten_password import ForgottenPassword
from .give_up_request import GiveUpRequest
from .given_service import GivenService
from .given_service_answer import GivenServiceAnswer
from .held_answer import HeldAnswer
from .held_series_answer import HeldSeriesAnswer
from .holiday_answer import HolidayAnswer
from .holidays import Holidays
from .holidays_answer import HolidaysAnswer
from .invitation_answer import InvitationAnswer
from .joined_answer import JoinedAnswer
from .joining import Joining
from .key_answer import KeyAnswer
from .key_list import KeyList
from .key_replacement import KeyReplacement
from .known_booking_answer import KnownBookingAnswer
from .known_booking_answer_changes_item import KnownBookingAnswerChangesItem
from .known_details import KnownDetails
from .known_operation import KnownOperation
from .language import Language
from .link_answer import LinkAnswer
from .mail_answer import MailAnswer
from .me_answer import MeAnswer
from .member_answer import MemberAnswer
from .member_list import MemberList
from .member_role import MemberRole
from .membership_answer import MembershipAnswer
from .message_answer import MessageAnswer
from .message_kind import MessageKind
from .message_settings_answer import MessageSettingsAnswer
from .messages_answer import MessagesAnswer
from .messages_delivery_state import MessagesDeliveryState
from .network_answer import NetworkAnswer
from .network_entry import NetworkEntry
from .new_allowed_networks import NewAllowedNetworks
from .new_booking import NewBooking
from .new_busy_calendar import NewBusyCalendar
from .new_customer import NewCustomer
from .new_key import NewKey
from .new_key_answer import NewKeyAnswer
from .new_link import NewLink
from .new_member import NewMember
from .new_message_settings import NewMessageSettings
from .new_o_auth_client import NewOAuthClient
from .new_person import NewPerson
from .new_provider import NewProvider
from .new_second_factor_answer import NewSecondFactorAnswer
from .new_series import NewSeries
from .new_service import NewService
from .new_sso_connection import NewSsoConnection
from .new_template import NewTemplate
from .new_time_off import NewTimeOff
from .new_time_off_answer import NewTimeOffAnswer
from .new_vendor_account import NewVendorAccount
from .new_waitlist_entry import NewWaitlistEntry
from .new_waitlist_entry_weekdays_item import NewWaitlistEntryWeekdaysItem
from .new_webhook_endpoint import NewWebhookEndpoint
from .new_webhook_endpoint_answer import NewWebhookEndpointAnswer
from .new_webhook_endpoint_event_types_item import NewWebhookEndpointEventTypesItem
from .next_action_answer import NextActionAnswer
from .no_show import NoShow
from .no_show_answer import NoShowAnswer
from .notice_unit import NoticeUnit
from .o_auth_client_answer import OAuthClientAnswer
from .o_auth_client_list import OAuthClientList
from .occurrence_answer import OccurrenceAnswer
from .occurrence_result import OccurrenceResult
from .offer_answer import OfferAnswer
from .offered_duration import OfferedDuration
from .offered_reminder import OfferedReminder
from .on_calendar_failure import OnCalendarFailure
from .open_from import OpenFrom
from .operation_answer import OperationAnswer
from .operation_kind import OperationKind
from .operations_answer import OperationsAnswer
from .override import Override
from .own_booking_answer import OwnBookingAnswer
from .own_booking_list import OwnBookingList
from .own_stripe_body import OwnStripeBody
from .own_twilio_body import OwnTwilioBody
from .password_change import PasswordChange
from .password_reset import PasswordReset
from .payment_answer import PaymentAnswer
from .payment_timing import PaymentTiming
from .permission import Permission
from .person_answer import PersonAnswer
from .policy import Policy
from .policy_answer import PolicyAnswer
from .preview import Preview
from .preview_answer import PreviewAnswer
from .price import Price
from .price_answer import PriceAnswer
from .problem import Problem
from .problem_code import ProblemCode
from .problem_errors_item import ProblemErrorsItem
from .problem_errors_item_rule import ProblemErrorsItemRule
from .profile_answer import ProfileAnswer
from .profile_changes import ProfileChanges
from .provider_answer import ProviderAnswer
from .provider_list import ProviderList
from .provider_slots_explain import ProviderSlotsExplain
from .quiet_span import QuietSpan
from .quiet_span_answer import QuietSpanAnswer
from .reading import Reading
from .reading_answer import ReadingAnswer
from .ready import Ready
from .ready_checks import ReadyChecks
from .received import Received
from .recipient import Recipient
from .recovery_codes_answer import RecoveryCodesAnswer
from .refund_answer import RefundAnswer
from .refund_request import RefundRequest
from .refund_state import RefundState
from .refund_tier import RefundTier
from .refund_wish import RefundWish
from .removed_answer import RemovedAnswer
from .replay_answer import ReplayAnswer
from .replay_range import ReplayRange
from .reschedule_booking import RescheduleBooking
from .rescheduled_answer import RescheduledAnswer
from .rescheduling import Rescheduling
from .rescheduling_answer import ReschedulingAnswer
from .resend_request import ResendRequest
from .retry_request import RetryRequest
from .role import Role
from .rotation import Rotation
from .rule import Rule
from .schedule import Schedule
from .schedule_answer import ScheduleAnswer
from .schedule_list import ScheduleList
from .scope import Scope
from .second_factor_code import SecondFactorCode
from .secret_answer import SecretAnswer
from .security import Security
from .security_event_answer import SecurityEventAnswer
from .security_event_answer_detail import SecurityEventAnswerDetail
from .security_event_list import SecurityEventList
from .series_answer import SeriesAnswer
from .series_cancellation_answer import SeriesCancellationAnswer
from .series_mode import SeriesMode
from .series_payment import SeriesPayment
from .series_preview import SeriesPreview
from .service_answer import ServiceAnswer
from .service_list import ServiceList
from .service_slots_explain import ServiceSlotsExplain
from .session_answer import SessionAnswer
from .session_list import SessionList
from .settle_request import SettleRequest
from .skip_request import SkipRequest
from .slot_answer import SlotAnswer
from .slots_answer import SlotsAnswer
from .sms_answer import SmsAnswer
from .sso_connection_answer import SsoConnectionAnswer
from .stripe_body import StripeBody
from .stuck_answer import StuckAnswer
from .stuck_list import StuckList
from .stuck_thing import StuckThing
from .template_answer import TemplateAnswer
from .template_name import TemplateName
from .templates_answer import TemplatesAnswer
from .templates_answer_variables import TemplatesAnswerVariables
from .tier_answer import TierAnswer
from .time_off_answer import TimeOffAnswer
from .time_off_list import TimeOffList
from .timeline_answer import TimelineAnswer
from .timeline_entry_answer import TimelineEntryAnswer
from .timeline_entry_answer_detail import TimelineEntryAnswerDetail
from .token_answer import TokenAnswer
from .token_request import TokenRequest
from .twilio_body import TwilioBody
from .under_way_answer import UnderWayAnswer
from .unknown_answer import UnknownAnswer
from .vendor import Vendor
from .vendor_account_answer import VendorAccountAnswer
from .vendor_accounts_answer import VendorAccountsAnswer
from .vendor_kind import VendorKind
from .verification import Verification
from .waitlist_entry_answer import WaitlistEntryAnswer
from .waitlist_entry_list import WaitlistEntryList
from .waitlist_event import WaitlistEvent
from .waitlist_event_detail import WaitlistEventDetail
from .waitlist_priority import WaitlistPriority
from .webhook_endpoint_answer import WebhookEndpointAnswer
from .webhook_endpoint_changes import WebhookEndpointChanges
from .webhook_endpoint_changes_event_types_type_0_item import WebhookEndpointChangesEventTypesType0Item
from .webhook_endpoint_list import WebhookEndpointList
from .webhooks_delivery_state import WebhooksDeliveryState
from .weekly import Weekly

__all__ = (
    "Alive",
    "AllowedNetworksAnswer",
    "ApprovalAnswer",
    "ApprovalNeed",
    "ApprovalState",
    "Assignment",
    "AuditLineAnswer",
    "AuditLineAnswerNamed",
    "AuditLog",
    "AuthorisationServer",
    "Availability",
    "AvailabilityAnswer",
    "BookingAnswer",
    "BookingList",
    "BookingStatus",
    "BrandingAnswer",
    "BrandingChanges",
    "BrokenRuleAnswer",
    "BusinessAnswer",
    "BusinessAnswerLinks",
    "BusinessChanges",
    "BusyCalendarAnswer",
    "BusyCalendarList",
    "BusyEntry",
    "ByHand",
    "CancelBooking",
    "CancellationAnswer",
    "CancelSeriesRequest",
    "Channel",
    "ChargeAnswer",
    "ConfirmBooking",
    "CustomerAnswer",
    "CustomerExport",
    "CustomerExternalId",
    "CustomerList",
    "CustomerSummary",
    "DeclineBooking",
    "DeliveryAnswer",
    "DeliveryList",
    "DeliveryStateInput",
    "DisabledReason",
    "DoneAnswer",
    "EntryState",
    "EraseCustomer",
    "ErasedAnswer",
    "Event",
    "EventDetail",
    "EventType",
    "ForgottenPassword",
    "GivenService",
    "GivenServiceAnswer",
    "GiveUpRequest",
    "HeldAnswer",
    "HeldSeriesAnswer",
    "HolidayAnswer",
    "Holidays",
    "HolidaysAnswer",
    "InvitationAnswer",
    "JoinedAnswer",
    "Joining",
    "KeyAnswer",
    "KeyList",
    "KeyReplacement",
    "KnownBookingAnswer",
    "KnownBookingAnswerChangesItem",
    "KnownDetails",
    "KnownOperation",
    "Language",
    "LinkAnswer",
    "MailAnswer",
    "MeAnswer",
    "MemberAnswer",
    "MemberList",
    "MemberRole",
    "MembershipAnswer",
    "MessageAnswer",
    "MessageKind",
    "MessagesAnswer",
    "MessagesDeliveryState",
    "MessageSettingsAnswer",
    "NetworkAnswer",
    "NetworkEntry",
    "NewAllowedNetworks",
    "NewBooking",
    "NewBusyCalendar",
    "NewCustomer",
    "NewKey",
    "NewKeyAnswer",
    "NewLink",
    "NewMember",
    "NewMessageSettings",
    "NewOAuthClient",
    "NewPerson",
    "NewProvider",
    "NewSecondFactorAnswer",
    "NewSeries",
    "NewService",
    "NewSsoConnection",
    "NewTemplate",
    "NewTimeOff",
    "NewTimeOffAnswer",
    "NewVendorAccount",
    "NewWaitlistEntry",
    "NewWaitlistEntryWeekdaysItem",
    "NewWebhookEndpoint",
    "NewWebhookEndpointAnswer",
    "NewWebhookEndpointEventTypesItem",
    "NextActionAnswer",
    "NoShow",
    "NoShowAnswer",
    "NoticeUnit",
    "OAuthClientAnswer",
    "OAuthClientList",
    "OccurrenceAnswer",
    "OccurrenceResult",
    "OfferAnswer",
    "OfferedDuration",
    "OfferedReminder",
    "OnCalendarFailure",
    "OpenFrom",
    "OperationAnswer",
    "OperationKind",
    "OperationsAnswer",
    "Override",
    "OwnBookingAnswer",
    "OwnBookingList",
    "OwnStripeBody",
    "OwnTwilioBody",
    "PasswordChange",
    "PasswordReset",
    "PaymentAnswer",
    "PaymentTiming",
    "Permission",
    "PersonAnswer",
    "Policy",
    "PolicyAnswer",
    "Preview",
    "PreviewAnswer",
    "Price",
    "PriceAnswer",
    "Problem",
    "ProblemCode",
    "ProblemErrorsItem",
    "ProblemErrorsItemRule",
    "ProfileAnswer",
    "ProfileChanges",
    "ProviderAnswer",
    "ProviderList",
    "ProviderSlotsExplain",
    "QuietSpan",
    "QuietSpanAnswer",
    "Reading",
    "ReadingAnswer",
    "Ready",
    "ReadyChecks",
    "Received",
    "Recipient",
    "RecoveryCodesAnswer",
    "RefundAnswer",
    "RefundRequest",
    "RefundState",
    "RefundTier",
    "RefundWish",
    "RemovedAnswer",
    "ReplayAnswer",
    "ReplayRange",
    "RescheduleBooking",
    "RescheduledAnswer",
    "Rescheduling",
    "ReschedulingAnswer",
    "ResendRequest",
    "RetryRequest",
    "Role",
    "Rotation",
    "Rule",
    "Schedule",
    "ScheduleAnswer",
    "ScheduleList",
    "Scope",
    "SecondFactorCode",
    "SecretAnswer",
    "Security",
    "SecurityEventAnswer",
    "SecurityEventAnswerDetail",
    "SecurityEventList",
    "SeriesAnswer",
    "SeriesCancellationAnswer",
    "SeriesMode",
    "SeriesPayment",
    "SeriesPreview",
    "ServiceAnswer",
    "ServiceList",
    "ServiceSlotsExplain",
    "SessionAnswer",
    "SessionList",
    "SettleRequest",
    "SkipRequest",
    "SlotAnswer",
    "SlotsAnswer",
    "SmsAnswer",
    "SsoConnectionAnswer",
    "StripeBody",
    "StuckAnswer",
    "StuckList",
    "StuckThing",
    "TemplateAnswer",
    "TemplateName",
    "TemplatesAnswer",
    "TemplatesAnswerVariables",
    "TierAnswer",
    "TimelineAnswer",
    "TimelineEntryAnswer",
    "TimelineEntryAnswerDetail",
    "TimeOffAnswer",
    "TimeOffList",
    "TokenAnswer",
    "TokenRequest",
    "TwilioBody",
    "UnderWayAnswer",
    "UnknownAnswer",
    "Vendor",
    "VendorAccountAnswer",
    "VendorAccountsAnswer",
    "VendorKind",
    "Verification",
    "WaitlistEntryAnswer",
    "WaitlistEntryList",
    "WaitlistEvent",
    "WaitlistEventDetail",
    "WaitlistPriority",
    "WebhookEndpointAnswer",
    "WebhookEndpointChanges",
    "WebhookEndpointChangesEventTypesType0Item",
    "WebhookEndpointList",
    "WebhooksDeliveryState",
    "Weekly",
)
