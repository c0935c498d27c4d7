// Package admin is the back office: the pages of staff under /admin/ and the first
// run under /setup. Pages work without JavaScript; codes stand in no address.
package admin

import (
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// Options are the back office's parts; App is needed.
type Options struct {
	App        *app.App
	Now        func() time.Time // UTC; the clock when nil
	Log        *slog.Logger
	Cookies    httpx.Cookies
	Words      httpx.Words // learns the addresses, for the access log
	Version    string
	SetupToken func() string // the token of the console's one-time link; "" lets nobody set up
}

// server is the back office with what it remembers between requests.
type server struct {
	Options
	door    httpx.Door
	themes  ui.Preferences
	words   *ui.Catalogue
	ready   atomic.Bool // set up: never undone
	presses presses
}

// New returns the handler of /admin/ and /setup. Static files (ui.Static) and the theme
// form (ui.Preferences.Save) are served beside it, and so are request ids and the access log.
func New(o Options) http.Handler {
	if o.Now == nil {
		o.Now = func() time.Time { return time.Now().UTC() }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.SetupToken == nil {
		o.SetupToken = func() string { return "" }
	}
	words, err := ui.LoadCatalogue()
	if err != nil {
		panic(err) // it is part of the program
	}
	s := &server{Options: o, themes: ui.Preferences{Cookies: o.Cookies}, words: words}
	s.door = httpx.Door{Log: o.Log, Render: s.problem}
	return s.handler()
}

// routes is everything the back office can do, and who may do it.
func routes() []route {
	list := menu()
	return append(list, returns(list)...)
}

// menu is what is offered.
func menu() []route {
	return slices.Concat(doorRoutes(), ownRoutes(), customerRoutes(), campaignRoutes(), refillRoutes(), importRoutes(), voucherRoutes(), tillRoutes(), reportRoutes(), settingRoutes())
}

// doorRoutes: signing in, and the first run.
func doorRoutes() []route {
	return []route{
		{"GET /setup", anybody, (*visit).setup},
		{"POST /setup", anybody, (*visit).setupSave},
		{"GET /admin/sign-in", anybody, (*visit).signIn},
		{"POST /admin/sign-in", anybody, (*visit).signInSave},
		{"POST /admin/sign-out", staff, (*visit).signOut},
	}
}

// ownRoutes: what everybody who is signed in has.
func ownRoutes() []route {
	return []route{
		{"GET /admin/{$}", staff, (*visit).dashboard},
		{"GET /admin/search", staff, (*visit).searchForm},
		{"POST /admin/search", staff, (*visit).search},
		{"GET /admin/profile", staff, (*visit).profile},
		{"POST /admin/profile/password", staff, (*visit).profilePassword},
		{"POST /admin/profile/sign-out", staff, (*visit).signOutEverywhere},
		{"POST /admin/profile/theme", staff, (*visit).profileTheme},
		{"POST " + languagePath, staff, (*visit).profileLanguage},
		{"POST " + columnsPath, staff, (*visit).columnsSave},
		{"GET /admin/help", staff, (*visit).help},
	}
}

// customerRoutes: customers.
func customerRoutes() []route {
	return []route{
		{"GET /admin/customers", may(coupon.ReadMaskedCustomers), (*visit).customers},
		{"POST /admin/customers/find", may(coupon.ReadMaskedCustomers), (*visit).customersFind},
		{"GET /admin/customers/new", may(coupon.WriteCustomers), (*visit).customerNew},
		{"POST /admin/customers/new", may(coupon.WriteCustomers), (*visit).customerCreate},
		{"GET /admin/customers/{id}", may(coupon.ReadMaskedCustomers), (*visit).customer},
		{"GET /admin/customers/{id}/edit", may(coupon.WriteCustomers), (*visit).customerEdit},
		{"POST /admin/customers/{id}/edit", may(coupon.WriteCustomers), (*visit).customerSave},
		{"GET /admin/customers/{id}/coupons", may(coupon.ListVouchers), (*visit).customerCoupons},
		{"POST /admin/customers/{id}/coupons/find", may(coupon.ListVouchers), (*visit).customerCouponsFind},
		{"GET /admin/customers/{id}/codes", may(coupon.ListVouchers), (*visit).customerCodes},
		{"POST /admin/customers/{id}/codes/find", may(coupon.ListVouchers), (*visit).customerCodesFind},
		{"GET /admin/customers/{id}/generate", may(coupon.IssueVouchers), (*visit).generate},
		{"POST /admin/customers/{id}/generate", may(coupon.IssueVouchers), (*visit).generateSave},
		{"GET /admin/customers/{id}/messages", may(coupon.ReadMessages), (*visit).customerMessages},
		{"GET /admin/customers/{id}/message", may(coupon.SendMessages), (*visit).messageNew},
		{"POST /admin/customers/{id}/message", may(coupon.SendMessages), (*visit).messageSave},
		{"POST /admin/customers/{id}/message/preview", may(coupon.SendMessages), (*visit).messagePreview},
		{"GET /admin/messages/{id}", may(coupon.ReadMessages), (*visit).message},
		{"GET /admin/customers/{id}/notes", may(coupon.ReadMessages), (*visit).customerNotes},
		{"GET /admin/customers/{id}/note", may(coupon.SendMessages), (*visit).noteNew},
		{"POST /admin/customers/{id}/note", may(coupon.SendMessages), (*visit).noteSave},
		{"GET /admin/customers/{id}/balance", may(coupon.ReadCustomerLedger), (*visit).customerBalance},
		{"GET /admin/customers/{id}/details", may(coupon.ReadMaskedCustomers), (*visit).customerDetails},
		{"GET /admin/customers/{id}/adjust", may(coupon.AdjustBalances), (*visit).adjust},
		{"POST /admin/customers/{id}/adjust", may(coupon.AdjustBalances), (*visit).adjustSave},
		{"GET /admin/customers/{id}/top-up", both(coupon.RedeemVouchers, coupon.ReadMaskedCustomers), (*visit).topUp},
		{"POST /admin/customers/{id}/top-up", both(coupon.RedeemVouchers, coupon.ReadMaskedCustomers), (*visit).topUpSave},
		{"GET /admin/customers/{id}/password", may(coupon.WriteCustomers), (*visit).customerPassword},
		{"POST /admin/customers/{id}/password", may(coupon.WriteCustomers), (*visit).customerPasswordSave},
		{"POST /admin/customers/{id}/unlock", may(coupon.WriteCustomers), (*visit).customerUnlock},
	}
}

// campaignRoutes: campaigns.
func campaignRoutes() []route {
	return []route{
		{"GET /admin/coupons", may(coupon.ReadCampaigns), (*visit).campaigns},
		{"GET /admin/coupons/new", may(coupon.WriteCampaigns), (*visit).campaignNew},
		{"POST /admin/coupons/new", may(coupon.WriteCampaigns), (*visit).campaignCreate},
		{"GET /admin/coupons/{id}", may(coupon.ReadCampaigns), (*visit).campaign},
		{"GET /admin/coupons/{id}/edit", may(coupon.WriteCampaigns), (*visit).campaignChange},
		{"POST /admin/coupons/{id}/edit", may(coupon.WriteCampaigns), (*visit).campaignChangeSave},
		{"GET /admin/coupons/{id}/state", may(coupon.WriteCampaigns), (*visit).campaignState},
		{"POST /admin/coupons/{id}/state", may(coupon.WriteCampaigns), (*visit).campaignStateSave},
		{"GET /admin/coupons/{id}/batch", may(coupon.WriteCampaigns), (*visit).batchNew},
		{"POST /admin/coupons/{id}/batch", may(coupon.WriteCampaigns), (*visit).batchCreate},
		{"GET /admin/coupons/{id}/issue", may(coupon.IssueVouchers), (*visit).issue},
		{"POST /admin/coupons/{id}/issue", may(coupon.IssueVouchers), (*visit).issueSave},
		{"GET /admin/coupons/{id}/code", may(coupon.IssueVouchers), (*visit).codeNew},
		{"POST /admin/coupons/{id}/code", may(coupon.IssueVouchers), (*visit).codeSave},
		{"GET /admin/discounts", may(coupon.ReadCampaigns), (*visit).discounts},
		{"GET /admin/discounts/new", may(coupon.WriteCampaigns), (*visit).discountNew},
		{"POST /admin/discounts/new", may(coupon.WriteCampaigns), (*visit).discountCreate},
		{"POST /admin/discounts/preview", may(coupon.WriteCampaigns), (*visit).discountPreview},
		{"GET /admin/discounts/{id}/edit", may(coupon.WriteCampaigns), (*visit).discountEdit},
		{"POST /admin/discounts/{id}/edit", may(coupon.WriteCampaigns), (*visit).discountSave},
	}
}

// refillRoutes: refill coupons and batches.
func refillRoutes() []route {
	return []route{
		{"GET /admin/refill", may(coupon.ListVouchers), (*visit).refill},
		{"POST /admin/refill/find", may(coupon.ListVouchers), (*visit).refillFind},
		{"GET /admin/refill/new", may(coupon.WriteCampaigns), (*visit).refillNew},
		{"POST /admin/refill/new", may(coupon.WriteCampaigns), (*visit).refillCreate},
		{"POST /admin/refill/preview", may(coupon.WriteCampaigns), (*visit).refillPreview},
		{"GET /admin/refill/export", may(coupon.ExportCodes, coupon.ExportMasked), (*visit).refillExportAsk},
		{"POST /admin/refill/export", may(coupon.ExportCodes, coupon.ExportMasked), (*visit).refillExport},
		{"POST /admin/refill/show", may(coupon.RevealCodes), (*visit).refillShow},
		{"GET /admin/batches", may(coupon.ReadCampaigns), (*visit).batches},
		{"GET /admin/batches/{id}", may(coupon.ReadCampaigns), (*visit).batch},
		{"POST /admin/batches/{id}/show", may(coupon.RevealCodes), (*visit).batchShow},
		{"GET /admin/batches/{id}/export", may(coupon.ExportCodes, coupon.ExportMasked), (*visit).batchExportAsk},
		{"POST /admin/batches/{id}/export", may(coupon.ExportCodes, coupon.ExportMasked), (*visit).batchExport},
		{"GET /admin/batches/{id}/progress", may(coupon.ReadCampaigns), (*visit).batchProgress},
		{"GET /admin/batches/{id}/live", may(coupon.ReadCampaigns), (*visit).batchLive},
		{"GET /admin/batches/{id}/freeze", may(coupon.FreezeBatches), (*visit).batchFreeze},
		{"POST /admin/batches/{id}/freeze", may(coupon.FreezeBatches), (*visit).batchFreezeSave},
	}
}

// importRoutes: codes that were made elsewhere.
func importRoutes() []route {
	return []route{
		{"GET /admin/imports", may(coupon.ReadCampaigns), (*visit).imports},
		{"GET " + importNewPath, may(coupon.WriteCampaigns), (*visit).importNew},
		{"POST " + importNewPath, may(coupon.WriteCampaigns), (*visit).importUpload},
		{"GET /admin/imports/sample", may(coupon.WriteCampaigns), (*visit).importSample},
		{"GET /admin/imports/{id}", may(coupon.ReadCampaigns), (*visit).importView},
		{"GET /admin/imports/{id}/errors", may(coupon.ReadCampaigns), (*visit).importErrors},
		{"GET /admin/imports/{id}/confirm", may(coupon.WriteCampaigns), (*visit).importConfirm},
		{"POST /admin/imports/{id}/confirm", may(coupon.WriteCampaigns), (*visit).importConfirmSave},
		{"GET /admin/imports/{id}/cancel", may(coupon.WriteCampaigns), (*visit).importCancel},
		{"POST /admin/imports/{id}/cancel", may(coupon.WriteCampaigns), (*visit).importCancelSave},
	}
}

// voucherRoutes: single vouchers and their redemptions.
func voucherRoutes() []route {
	return []route{
		{"GET /admin/vouchers", may(coupon.ListVouchers), (*visit).vouchers},
		{"POST /admin/vouchers/find", may(coupon.ListVouchers), (*visit).vouchersFind},
		{"GET /admin/vouchers/export", may(coupon.ExportCodes, coupon.ExportMasked), (*visit).vouchersExportAsk},
		{"POST /admin/vouchers/export", may(coupon.ExportCodes, coupon.ExportMasked), (*visit).vouchersExport},
		{"POST /admin/vouchers/bulk", may(coupon.ChangeVouchers), (*visit).bulkAsk},
		{"POST /admin/vouchers/bulk/done", may(coupon.ChangeVouchers), (*visit).bulkRun},
		{"GET /admin/bulk/{id}", may(coupon.ChangeVouchers), (*visit).bulkJob},
		{"GET /admin/bulk/{id}/progress", may(coupon.ChangeVouchers), (*visit).bulkProgress},
		{"GET /admin/bulk/{id}/live", may(coupon.ChangeVouchers), (*visit).bulkLive},
		{"GET /admin/vouchers/{id}", may(coupon.ListVouchers), (*visit).voucher},
		{"POST /admin/vouchers/{id}/show", may(coupon.RevealCodes), (*visit).voucherShow},
		{"POST /admin/vouchers/{id}/copy", may(coupon.RevealCodes), (*visit).voucherCopy},
		{"GET /admin/vouchers/{id}/explain", both(coupon.ListVouchers, coupon.ReadRedemptions), (*visit).explain},
		{"POST /admin/vouchers/{id}/explain", both(coupon.ListVouchers, coupon.ReadRedemptions), (*visit).explainAgain},
		{"GET /admin/vouchers/{id}/data", both(coupon.ListVouchers, coupon.ReadRedemptions), (*visit).voucherData},
		{"POST /admin/vouchers/{id}/replace/preview", both(coupon.ChangeVouchers, coupon.IssueVouchers), (*visit).replacePreview},
		{"GET /admin/vouchers/{id}/{action}", may(coupon.ChangeVouchers), (*visit).voucherAction},
		{"POST /admin/vouchers/{id}/{action}", may(coupon.ChangeVouchers), (*visit).voucherActionSave},
		{"GET /admin/redemptions/{id}/reverse", may(coupon.ReverseRedemptions), (*visit).reverse},
		{"POST /admin/redemptions/{id}/reverse", may(coupon.ReverseRedemptions), (*visit).reverseSave},
	}
}

// tillRoutes: the till.
func tillRoutes() []route {
	return []route{
		{"GET /admin/redeem", may(coupon.RedeemVouchers), (*visit).till},
		{"GET /admin/redeem/recent", may(coupon.RedeemVouchers), (*visit).tillRecent},
		{"POST /admin/redeem/look", may(coupon.RedeemVouchers), (*visit).tillLook},
		{"POST /admin/redeem", may(coupon.RedeemVouchers), (*visit).tillConfirm},
	}
}

// reportRoutes: reports.
func reportRoutes() []route {
	return []route{
		{"GET /admin/events", may(coupon.ReadEvents), (*visit).events},
		{"GET /admin/events/export", may(coupon.ReadEvents), (*visit).eventsExport},
	}
}

// settingRoutes: settings.
func settingRoutes() []route {
	return []route{
		{"GET /admin/settings", may(coupon.ManageSettings, coupon.ManageKeys, coupon.SendMessages), (*visit).settings},
		{"GET /admin/settings/organisation", may(coupon.ManageSettings), (*visit).organisation},
		{"POST /admin/settings/organisation", may(coupon.ManageSettings), (*visit).organisationSave},
		{"GET /admin/settings/locations", may(coupon.ManageSettings), (*visit).locations},
		{"GET /admin/settings/locations/{id}", may(coupon.ManageSettings), (*visit).location},
		{"POST /admin/settings/locations/{id}", may(coupon.ManageSettings), (*visit).locationSave},
		{"GET /admin/settings/staff", may(coupon.ManageSettings), (*visit).staffList},
		{"GET /admin/settings/staff/{id}", may(coupon.ManageSettings), (*visit).staffMember},
		{"POST /admin/settings/staff/{id}", may(coupon.ManageSettings), (*visit).staffSave},
		{"GET /admin/settings/keys", may(coupon.ManageKeys), (*visit).keys},
		{"GET /admin/settings/keys/new", may(coupon.ManageKeys), (*visit).keyNew},
		{"POST /admin/settings/keys/new", may(coupon.ManageKeys), (*visit).keyCreate},
		{"GET /admin/settings/keys/{id}/revoke", may(coupon.ManageKeys), (*visit).keyRevoke},
		{"POST /admin/settings/keys/{id}/revoke", may(coupon.ManageKeys), (*visit).keyRevokeSave},
		{"GET /admin/settings/webhooks", may(coupon.ReadWebhooks), (*visit).hooks},
		{"GET /admin/settings/webhooks/new", may(coupon.ManageWebhooks), (*visit).hookNew},
		{"POST /admin/settings/webhooks/new", may(coupon.ManageWebhooks), (*visit).hookCreate},
		{"GET /admin/settings/webhooks/{id}", may(coupon.ReadWebhooks), (*visit).hook},
		{"GET /admin/settings/webhooks/{id}/edit", may(coupon.ManageWebhooks), (*visit).hookEdit},
		{"POST /admin/settings/webhooks/{id}/edit", may(coupon.ManageWebhooks), (*visit).hookSave},
		{"GET /admin/settings/webhooks/{id}/rotate", may(coupon.ManageWebhooks), (*visit).hookRotate},
		{"POST /admin/settings/webhooks/{id}/rotate", may(coupon.ManageWebhooks), (*visit).hookRotateSave},
		{"GET /admin/settings/webhooks/{id}/disable", may(coupon.ManageWebhooks), (*visit).hookDisable},
		{"POST /admin/settings/webhooks/{id}/disable", may(coupon.ManageWebhooks), (*visit).hookDisableSave},
		{"POST /admin/settings/webhooks/{id}/enable", may(coupon.ManageWebhooks), (*visit).hookEnable},
		{"POST /admin/settings/webhooks/{id}/test", may(coupon.ManageWebhooks), (*visit).hookTest},
		{"GET /admin/settings/deliveries/{id}", may(coupon.ReadWebhooks), (*visit).hookDelivery},
		{"POST /admin/settings/deliveries/{id}/redeliver", may(coupon.ManageWebhooks), (*visit).redeliver},
		{"GET /admin/settings/outbox", may(coupon.SendMessages), (*visit).outbox},
		{"POST /admin/settings/outbox/{id}/show", may(coupon.SendMessages), (*visit).outboxShow},
	}
}
