package admin

import (
	"encoding/json"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/ui"
)

// voucherData is what ‘Event data’ shows of a voucher: its facts and its whole history (DC-13).
type voucherData struct {
	Voucher         coupon.VoucherID  `json:"voucher"`
	Code            string            `json:"code"` // masked
	Serial          string            `json:"serial"`
	Campaign        string            `json:"campaign"`
	Kind            coupon.Kind       `json:"kind"`
	Status          coupon.Status     `json:"status"`
	Type            string            `json:"type"`
	Value           string            `json:"value"`
	EarningMethod   string            `json:"earning_method"`
	SourceReference string            `json:"source_reference,omitempty"`
	UsageLimit      *int64            `json:"usage_limit"` // null: no limit
	UsageCount      int64             `json:"usage_count"`
	AppliesTo       string            `json:"applies_to"`
	Holder          coupon.CustomerID `json:"holder,omitempty"`
	StartsAt        *time.Time        `json:"starts_at"`
	ExpiresAt       *time.Time        `json:"expires_at"`
	CreatedAt       time.Time         `json:"created_at"`
	UpdatedAt       time.Time         `json:"updated_at"`
	LastUsedAt      *time.Time        `json:"last_used_at"`
	EndedAt         *time.Time        `json:"ended_at,omitempty"`
	EndedBy         string            `json:"ended_by,omitempty"`
	EndedReason     string            `json:"ended_reason,omitempty"`
	Replaces        coupon.VoucherID  `json:"replaces,omitempty"`
	ReplacedBy      coupon.VoucherID  `json:"replaced_by,omitempty"`
	Remarks         string            `json:"remarks,omitempty"`
	Events          []json.RawMessage `json:"events"` // newest first
}

// eventDataPage shows it.
type eventDataPage struct {
	Code string
	JSON ui.JSON
	Back string
}

func (v *visit) voucherData() error {
	x, err := v.App.Voucher(v.ctx(), v.by, v.voucherID())
	if err != nil {
		return err
	}
	page, err := v.App.Events(v.ctx(), v.by, coupon.EventFilter{Subject: string(x.ID)}, coupon.Paging{Limit: 200})
	if err != nil {
		return err
	}
	d := v.dataOf(&x)
	for i := range page.Rows {
		d.Events = append(d.Events, json.RawMessage(eventJSON(&page.Rows[i])))
	}
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	p := eventDataPage{Code: unbroken(masked(&x)), JSON: ui.JSON{Text: string(body)}, Back: voucherPath(x.ID)}
	return v.show("Event data", p.view())
}

func (v *visit) dataOf(x *coupon.VoucherView) voucherData {
	d := voucherData{
		Voucher: x.ID, Code: masked(x), Serial: x.Serial, Campaign: x.CampaignName, Kind: x.Kind, Status: x.Shown(v.clock.Now), Type: typeOf(x), Value: writing{}.worthOf(x),
		EarningMethod: x.EarningMethod, SourceReference: x.SourceReference, UsageCount: x.Uses, AppliesTo: appliesTo(x.Doc), Holder: x.Holder, StartsAt: momentOf(x.StartsAt),
		ExpiresAt: momentOf(x.ExpiresAt), CreatedAt: x.CreatedAt, UpdatedAt: x.UpdatedAt, LastUsedAt: momentOf(x.LastUsedAt), EndedAt: momentOf(x.EndedAt), EndedBy: x.EndedBy,
		EndedReason: x.EndedReason, Replaces: x.Replaces, ReplacedBy: x.ReplacedBy, Remarks: x.Remarks, Events: []json.RawMessage{},
	}
	if x.MaxUses > 0 {
		d.UsageLimit = &x.MaxUses
	}
	return d
}

// momentOf is a time in JSON; null for never.
func momentOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
