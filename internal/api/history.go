package api

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// event is one append-only fact.
type event struct {
	ID        string             `json:"id"`
	Type      coupon.EventType   `json:"type"`
	Subject   string             `json:"subject" doc:"The id it is about"`
	Version   int64              `json:"version" doc:"The subject's version after it: their order within a subject"`
	Campaign  *coupon.CampaignID `json:"campaign"`
	Customer  *coupon.CustomerID `json:"customer"`
	By        actor              `json:"by"`
	RequestID *string            `json:"request_id"`
	Address   *string            `json:"address"`
	Data      map[string]any     `json:"data"`
	At        time.Time          `json:"at"`
}

func eventOf(e *coupon.Event) event {
	out := event{
		ID: e.ID(), Type: e.Type, Subject: e.Subject, Version: e.Version, Campaign: orNil(e.Campaign), Customer: orNil(e.Customer), By: actorOf(e.By),
		RequestID: orNil(e.Request), Address: orNil(e.Address), Data: e.Data, At: e.At,
	}
	if out.Data == nil {
		out.Data = map[string]any{}
	}
	return out
}

type eventFilter struct {
	Type coupon.EventType `query:"type" maxLength:"100"`
	By   string           `query:"by" maxLength:"100" doc:"Who did it: an id of staff, a customer or a key"`
	From time.Time        `query:"from"`
	To   time.Time        `query:"to"`
}

func (f eventFilter) filter() coupon.EventFilter {
	return coupon.EventFilter{Type: f.Type, By: f.By, From: f.From, To: f.To}
}

func (a *API) listEvents(ctx context.Context, c *call, f coupon.EventFilter, p paging) (list[event], error) {
	page, err := a.app.Events(ctx, c.By, f, p.paging())
	return listOf(page, eventOf), err
}

func (a *API) events(ctx context.Context, c *call, in *struct {
	Subject  string            `query:"subject" maxLength:"100" doc:"The history of one thing, by its id"`
	Customer coupon.CustomerID `query:"customer" maxLength:"100"`
	Order    string            `query:"order" enum:"newest,oldest" doc:"newest when left out; oldest is for following the feed"`
	eventFilter
	paging
}) (list[event], error) {
	f := in.filter()
	f.Subject, f.Customer, f.Oldest = in.Subject, in.Customer, in.Order == "oldest"
	return a.listEvents(ctx, c, f, in.paging)
}

// refusal is a try that was refused, with every check.
type refusal struct {
	ID        coupon.RefusalID   `json:"id"`
	Reason    string             `json:"reason"`
	Voucher   *coupon.VoucherID  `json:"voucher"`
	Campaign  *coupon.CampaignID `json:"campaign"`
	Customer  *coupon.CustomerID `json:"customer"`
	Tail      string             `json:"tail"`
	By        actor              `json:"by"`
	Channel   coupon.Channel     `json:"channel"`
	Location  *coupon.LocationID `json:"location"`
	Reference *string            `json:"reference"`
	Repeats   int64              `json:"repeats" doc:"The same try again within a minute"`
	Order     *order             `json:"order" doc:"What it was tried on; null without one"`
	LeftOut   int                `json:"order_lines_left_out" doc:"Lines of a very large order that were not kept"`
	Checks    []checkResult      `json:"checks" nullable:"false"`
	At        time.Time          `json:"at"`
}

// checkResult is one check with its figures.
type checkResult struct {
	Check  string  `json:"check"`
	Passed bool    `json:"passed"`
	Reason *string `json:"reason"`
	Want   any     `json:"want"`
	Have   any     `json:"have"`
	Text   string  `json:"text"`
}

func refusalOf(r *coupon.Refusal) refusal {
	out := refusal{
		ID: r.ID, Reason: r.Reason, Voucher: orNil(r.Voucher), Campaign: orNil(r.Campaign), Customer: orNil(r.Customer), Tail: r.Tail, By: actorOf(r.By),
		Channel: r.Channel, Location: orNil(r.Location), Reference: orNil(r.Reference), Repeats: r.Repeats, At: r.At,
		Order: orderOf(r.Order), Checks: each(r.Checks, checkOf),
	}
	if r.Order != nil {
		out.LeftOut = r.Order.LeftOut
	}
	return out
}

func checkOf(c *coupon.CheckResult) checkResult {
	return checkResult{c.Check, c.Passed, orNil(c.Reason), c.Want, c.Have, c.Text}
}

func (a *API) refusals(ctx context.Context, c *call, in *struct {
	Voucher  coupon.VoucherID  `query:"voucher" maxLength:"100"`
	Customer coupon.CustomerID `query:"customer" maxLength:"100"`
	Campaign coupon.CampaignID `query:"campaign" maxLength:"100"`
	Reason   string            `query:"reason" maxLength:"100"`
	From     time.Time         `query:"from"`
	To       time.Time         `query:"to"`
	paging
}) (list[refusal], error) {
	f := coupon.RefusalFilter{Voucher: in.Voucher, Customer: in.Customer, Campaign: in.Campaign, Reason: in.Reason, From: in.From, To: in.To}
	p, err := a.app.Refusals(ctx, c.By, f, in.paging.paging())
	return listOf(p, refusalOf), err
}
