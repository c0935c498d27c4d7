package coupon

import (
	"time"

	"github.com/scriphq/scrip/internal/fault"
)

func refusal(code, msg string) *fault.Error { return fault.New(fault.Refused, code, msg) }

// The refusal reasons: stable codes, the same in API, screen and event.
var (
	ErrNotFound         = fault.New(fault.NotFound, "not_found", "There is no such code.")
	ErrMistyped         = fault.New(fault.NotFound, "mistyped", "The code has a typing error: its check character does not fit.")
	ErrNotActive        = refusal("not_active", "This voucher is not active.")
	ErrDisabled         = refusal("disabled", "This voucher is deactivated.")
	ErrFrozen           = refusal("frozen", "The batch of this voucher is frozen.")
	ErrPaused           = refusal("paused", "The campaign is paused.")
	ErrNotStarted       = refusal("not_started", "This voucher is not valid yet.")
	ErrExpired          = refusal("expired", "This voucher has expired.")
	ErrOutsideHours     = refusal("outside_hours", "This voucher is not valid at this hour.")
	ErrAlreadyRedeemed  = refusal("already_redeemed", "This voucher has already been redeemed.")
	ErrLimitReached     = refusal("limit_reached", "The limit of uses has been reached.")
	ErrCustomerLimit    = refusal("customer_limit_reached", "This customer has reached the limit of uses.")
	ErrDailyLimit       = refusal("daily_limit_reached", "Today's limit of uses has been reached.")
	ErrBudget           = refusal("budget_reached", "The campaign's budget is used up.")
	ErrAllocation       = refusal("allocation_exhausted", "The campaign may not issue that many vouchers.")
	ErrCustomerRequired = refusal("customer_required", "A customer is needed for this voucher.")
	ErrLocationRequired = refusal("location_required", "A location is needed for this voucher.")
	ErrOrderRequired    = refusal("order_required", "An order is needed for this voucher.")
	ErrAmountRequired   = refusal("amount_required", "Say how much of this voucher to use.")
	ErrNotHolder        = refusal("not_holder", "This voucher belongs to somebody else.")
	ErrNotEligible      = refusal("not_eligible", "This customer may not use this voucher.")
	ErrWrongLocation    = refusal("wrong_location", "This voucher is not valid at this location.")
	ErrNotApplicable    = refusal("not_applicable", "This voucher gives nothing here.")
	ErrMinimum          = refusal("minimum_not_met", "The order is below the minimum.")
	ErrNotCombinable    = refusal("not_combinable", "These vouchers cannot be used together.")
	ErrInsufficient     = refusal("insufficient_balance", "The balance is too low.")
	ErrCurrency         = refusal("currency_mismatch", "The currency does not match.")
	ErrHeld             = refusal("held", "This voucher is reserved at the moment.")
	ErrLockedOut        = fault.New(fault.RateLimited, "locked_out", "Too many wrong codes. Try again later.")
	ErrAlreadyReversed  = refusal("already_reversed", "This redemption has already been reversed.")
	ErrConflict         = fault.New(fault.Conflict, "conflict", "This is not possible in the present state.")

	ErrNoConsent   = fault.New(fault.Conflict, "no_consent", "The customer has not consented to messages of this channel.")
	ErrNoContact   = fault.New(fault.Conflict, "no_contact", "The customer has no address for this channel.")
	ErrSentJustNow = fault.New(fault.RateLimited, "sent_just_now", "It was sent less than a minute ago. Wait a minute before you send it again.")

	ErrIdempotencyMismatch = fault.New(fault.Conflict, "idempotency_mismatch", "This idempotency key was used for another request.")
	ErrInProgress          = fault.New(fault.Conflict, "in_progress", "The first request with this idempotency key is still running.")
)

// ErrMoved is for the engine alone: what a decision was prepared for has changed
// between resolve and lock, so the command must be resolved again.
var ErrMoved = fault.New(fault.Internal, "moved", "The rows moved while they were being locked.")

// What a store tells the engine about a failed transaction: run it again; nobody
// knows whether it was committed; there is no database to ask.
var (
	ErrRetry   = fault.New(fault.Unavailable, "retry", "The database asked to try again.")
	ErrUnclear = fault.New(fault.Unavailable, "unclear", "The outcome of the commit is unknown.")
	ErrAway    = fault.New(fault.Unavailable, "database_away", "The database does not answer. Nothing was changed.").After(5 * time.Second)
)

// missing returns the fault for an unknown id of a noun.
func missing(noun string) error {
	return fault.New(fault.NotFound, "not_found", "There is no such "+noun+".")
}
