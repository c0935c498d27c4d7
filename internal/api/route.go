package api

import (
	"net/http"

	"github.com/scriphq/scrip/internal/coupon"
)

// routes is the list of endpoints.
func (a *API) routes() {
	a.campaignRoutes()
	a.importRoutes()
	a.voucherRoutes()
	a.customerRoutes()
	a.useRoutes()
	a.webhookRoutes()
}

func (a *API) campaignRoutes() {
	const tag, look, change = "Campaigns", "campaigns:read", "campaigns:write"
	write(a, "POST /v1/campaigns", op{tag: tag, summary: "Create a campaign", scope: change, status: http.StatusCreated}, a.createCampaign)
	read(a, "GET /v1/campaigns", op{tag: tag, summary: "List campaigns", scope: look}, a.campaigns)
	read(a, "GET /v1/campaigns/{id}", op{tag: tag, summary: "Show a campaign", scope: look}, a.campaign)
	write(a, "PATCH /v1/campaigns/{id}", op{tag: tag, summary: "Change a campaign", scope: change, doc: "Vouchers that exist keep what they were promised. A part that is an object, such as limits, is replaced as a whole."}, a.changeCampaign)
	write(a, "POST /v1/campaigns/{id}/activate", op{tag: tag, summary: "Activate a campaign", scope: change}, a.setCampaignState(coupon.CampaignActive))
	write(a, "POST /v1/campaigns/{id}/pause", op{tag: tag, summary: "Pause a campaign: its vouchers are refused", scope: change}, a.setCampaignState(coupon.CampaignPaused))
	write(a, "POST /v1/campaigns/{id}/archive", op{tag: tag, summary: "Archive a campaign for good", scope: change}, a.setCampaignState(coupon.CampaignArchived))

	const batches = "Batches"
	write(a, "POST /v1/campaigns/{id}/batches", op{tag: batches, summary: "Generate vouchers", scope: change, status: http.StatusAccepted, also: http.StatusCreated,
		doc: "202 while they are being made: ask for the batch until its state is active. A small batch that is complete answers 201."}, a.createBatch)
	read(a, "GET /v1/batches", op{tag: batches, summary: "List batches", scope: look}, a.batches)
	read(a, "GET /v1/batches/{id}", op{tag: batches, summary: "Show a batch with its progress", scope: look}, a.batch)
	read(a, "GET /v1/batches/{id}/vouchers", op{tag: batches, summary: "List the vouchers of a batch", scope: "vouchers:read"}, a.batchVouchers)
	a.export("POST /v1/batches/{id}/export", op{tag: batches, summary: "Export the vouchers of a batch with their codes", scope: "vouchers:export",
		doc: "Streams `serial,code,voucher,description,amount,currency,state,expires_at`; the amount is in major units. A cell that a spreadsheet would run begins with an apostrophe. Leaves an event. A repeat under the same key writes the same rows, as they were, and no event."})
	write(a, "POST /v1/batches/{id}/freeze", op{tag: batches, summary: "Freeze a batch: its vouchers are refused", scope: change}, a.freezeBatch(true))
	write(a, "POST /v1/batches/{id}/unfreeze", op{tag: batches, summary: "Unfreeze a batch", scope: change}, a.freezeBatch(false))
}

func (a *API) importRoutes() {
	const tag, look, change = "Imports", "campaigns:read", "campaigns:write"
	a.upload("POST /v1/campaigns/{id}/imports", op{tag: tag, summary: "Upload a CSV file of external codes, to be looked at", scope: change, status: http.StatusCreated,
		doc: "Columns: code, and where wanted amount (in major units), expires_at and remarks. Nothing is issued before the import is confirmed."})
	read(a, "GET /v1/imports", op{tag: tag, summary: "List imports, newest first", scope: look}, a.imports)
	read(a, "GET /v1/imports/{id}", op{tag: tag, summary: "Show an import", scope: look}, a.imported)
	read(a, "GET /v1/imports/{id}/rows", op{tag: tag, summary: "List the lines of an import", scope: look}, a.importRows)
	write(a, "POST /v1/imports/{id}/confirm", op{tag: tag, summary: "Have the vouchers of an import made: all or none", scope: change, doc: "May be repeated: an import becomes one batch."}, a.confirmImport)
	write(a, "POST /v1/imports/{id}/cancel", op{tag: tag, summary: "Give an import up", scope: change}, a.cancelImport)
}

func (a *API) voucherRoutes() {
	const tag, look, change = "Vouchers", "vouchers:read", "vouchers:write"
	write(a, "POST /v1/campaigns/{id}/vouchers", op{tag: tag, summary: "Issue one voucher", scope: change, status: http.StatusCreated,
		doc: "The answer has its code in clear."}, a.issue)
	read(a, "GET /v1/vouchers", op{tag: tag, summary: "List vouchers", scope: look}, a.vouchers)
	read(a, "POST /v1/vouchers/lookup", op{tag: tag, summary: "Find the voucher of a code", scope: look}, a.lookup)
	read(a, "GET /v1/vouchers/{id}", op{tag: tag, summary: "Show a voucher", scope: look}, a.voucher)
	write(a, "POST /v1/vouchers/{id}/reveal", op{tag: tag, summary: "Tell the code of a voucher", scope: "vouchers:reveal", doc: "Leaves an event."}, a.reveal)
	write(a, "POST /v1/vouchers/{id}/void", op{tag: tag, summary: "Void a voucher for good, with a reason", scope: change}, a.action(a.app.Void))
	write(a, "POST /v1/vouchers/{id}/delete", op{tag: tag, summary: "Delete a voucher for good, with a reason; its history stays", scope: change}, a.action(a.app.Delete))
	write(a, "POST /v1/vouchers/{id}/deactivate", op{tag: tag, summary: "Prevent further use, with a reason", scope: change}, a.action(a.app.Deactivate))
	write(a, "POST /v1/vouchers/{id}/reactivate", op{tag: tag, summary: "Allow use again", scope: change}, a.action(a.app.Reactivate))
	write(a, "POST /v1/vouchers/{id}/extend", op{tag: tag, summary: "Move the expiry into the future; this may revive an expired voucher", scope: change}, a.extend)
	write(a, "POST /v1/vouchers/{id}/reassign", op{tag: tag, summary: "Give an unused voucher to another customer", scope: change}, a.reassign)
	write(a, "POST /v1/vouchers/{id}/replace", op{tag: tag, summary: "End a voucher and issue another in its place, with a reason", scope: change, status: http.StatusCreated,
		doc: "Answers with the new voucher."}, a.replace)
}

func (a *API) customerRoutes() {
	const tag, look, change = "Customers", "customers:read", "customers:write"
	write(a, "POST /v1/customers", op{tag: tag, summary: "Create a customer", scope: change, status: http.StatusCreated,
		doc: "A natural key that is taken answers 409 with who has it in `existing`."}, a.createCustomer)
	read(a, "GET /v1/customers", op{tag: tag, summary: "List customers", scope: look}, a.customers)
	read(a, "GET /v1/customers/{id}", op{tag: tag, summary: "Show a customer", scope: look}, a.customer)
	write(a, "PATCH /v1/customers/{id}", op{tag: tag, summary: "Change a customer", scope: change}, a.changeCustomer)
	read(a, "GET /v1/customers/{id}/balances", op{tag: tag, summary: "What a customer owns", scope: "ledger:read"}, a.balances)
	read(a, "GET /v1/customers/{id}/entries", op{tag: tag, summary: "A customer's ledger, newest first", scope: "ledger:read"}, a.entries)
	read(a, "GET /v1/customers/{id}/vouchers", op{tag: tag, summary: "The vouchers a customer holds or used", scope: "vouchers:read"}, a.customerVouchers)
	read(a, "GET /v1/customers/{id}/events", op{tag: tag, summary: "A customer's history", scope: "events:read"}, a.customerEvents)
	write(a, "POST /v1/customers/{id}/adjustments", op{tag: tag, summary: "Change a balance by an amount, with a reason", scope: "ledger:write", status: http.StatusCreated}, a.adjust)
	const lookUp, send = "messages:read", "messages:write"
	read(a, "GET /v1/customers/{id}/notes", op{tag: tag, summary: "List the notes on a customer and their vouchers, newest first", scope: lookUp}, a.notes)
	write(a, "POST /v1/customers/{id}/notes", op{tag: tag, summary: "Add a note to a customer", scope: send, status: http.StatusCreated, doc: "It stays for good. Codes in it are masked."}, a.addNote)
	read(a, "GET /v1/customers/{id}/messages", op{tag: tag, summary: "List the messages to a customer, newest first", scope: lookUp}, a.messages)
	write(a, "POST /v1/customers/{id}/messages", op{tag: tag, summary: "Queue an e-mail or SMS to a customer", scope: send, status: http.StatusCreated,
		doc: "Refused without the customer's consent to the channel (`no_consent`) or without an address (`no_contact`). A code in the text has to be the customer's own."}, a.sendMessage)
}

func (a *API) useRoutes() {
	const tag, look, change = "Redemptions", "redemptions:read", "redemptions:write"
	read(a, "POST /v1/validations", op{tag: tag, summary: "Say what a redemption would do, and change nothing", scope: change,
		doc: "An unknown code is a problem (404); any other refusal is part of the answer."}, a.validate)
	write(a, "POST /v1/holds", op{tag: tag, summary: "Reserve a use for a short time", scope: change, status: http.StatusCreated}, a.hold)
	write(a, "POST /v1/holds/{id}/release", op{tag: tag, summary: "Give back what a hold reserved", scope: change}, a.release)
	write(a, "POST /v1/redemptions", op{tag: tag, summary: "Use a voucher, or what was held", scope: change, status: http.StatusCreated}, a.redeem)
	read(a, "GET /v1/redemptions", op{tag: tag, summary: "List redemptions, newest first", scope: look}, a.redemptions)
	read(a, "GET /v1/redemptions/{id}", op{tag: tag, summary: "Show a redemption with its reversals", scope: look}, a.redemption)
	write(a, "POST /v1/redemptions/{id}/reversal", op{tag: tag, summary: "Undo a redemption, wholly or by an amount, with a reason", scope: change, status: http.StatusCreated}, a.reverse)
	read(a, "GET /v1/checkouts", op{tag: tag, summary: "List the checkouts of orders, newest first", scope: look}, a.checkouts)
	read(a, "GET /v1/checkouts/{id}", op{tag: tag, summary: "Show an order as it was redeemed, and what of it came back", scope: look}, a.checkout)
	write(a, "POST /v1/checkouts/{id}/reversal", op{tag: tag, summary: "Undo the vouchers of one checkout, wholly or for lines that came back, with a reason", scope: change, status: http.StatusCreated}, a.reverseCheckout)
	read(a, "POST /v1/explanations", op{tag: tag, summary: "Say every check of vouchers on an order, or of a refused try, with its figures", scope: look,
		doc: "A body as for a validation, with `at` for a moment of the past; or `refusal` alone, for a stored try exactly as it was judged."}, a.explain)
	read(a, "POST /v1/qualifications", op{tag: tag, summary: "Say which vouchers a customer could use on an order, best first, and what the others lack", scope: change,
		doc: "Of the vouchers that the customer holds, and the public ones."}, a.qualify)
	read(a, "GET /v1/refusals", op{tag: tag, summary: "List refused tries, newest first", scope: look}, a.refusals)
	read(a, "GET /v1/events", op{tag: "Events", summary: "List events: the feed, or the history of one subject or customer", scope: "events:read"}, a.events)
}

func (a *API) webhookRoutes() {
	const tag, look, change = "Webhooks", "settings:read", "settings:write"
	write(a, "POST /v1/webhooks", op{tag: tag, summary: "Create a webhook", scope: change, status: http.StatusCreated, doc: "The answer has its secret, this once."}, a.createWebhook)
	read(a, "GET /v1/webhooks", op{tag: tag, summary: "List webhooks, newest first", scope: look}, a.webhooks)
	read(a, "GET /v1/webhooks/{id}", op{tag: tag, summary: "Show a webhook", scope: look}, a.webhook)
	write(a, "PATCH /v1/webhooks/{id}", op{tag: tag, summary: "Change a webhook", scope: change}, a.changeWebhook)
	write(a, "POST /v1/webhooks/{id}/disable", op{tag: tag, summary: "Stop telling a webhook", scope: change, doc: "What happens meanwhile is not sent later; what waits is, when it is enabled."}, a.disableWebhook)
	write(a, "POST /v1/webhooks/{id}/enable", op{tag: tag, summary: "Tell a disabled webhook again", scope: change}, a.enableWebhook)
	write(a, "POST /v1/webhooks/{id}/rotate", op{tag: tag, summary: "Make another secret; the one before signs beside it for a day", scope: change, doc: "The answer has the new secret, this once."}, a.rotateWebhook)
	write(a, "POST /v1/webhooks/{id}/test", op{tag: tag, summary: "Send a test event", scope: change, status: http.StatusAccepted, doc: "Its type is `webhook.test`. Ask for the delivery to see what became of it."}, a.testWebhook)
	read(a, "GET /v1/webhooks/{id}/deliveries", op{tag: tag, summary: "List what was or is to be sent, newest first", scope: look}, a.deliveries)
	read(a, "GET /v1/deliveries/{id}", op{tag: tag, summary: "Show a delivery with its attempts", scope: look}, a.delivery)
	write(a, "POST /v1/deliveries/{id}/redeliver", op{tag: tag, summary: "Send a delivery again at once, whatever became of it", scope: change, status: http.StatusAccepted}, a.redeliver)
}
