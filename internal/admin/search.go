package admin

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// searchPage is what the search box of every page found. It is an answer to a POST:
// what is typed may be a code.
type searchPage struct {
	Words string
	Parts []searchPart
	Note  templ.Component
}

type searchPart struct {
	Title string
	Table ui.Table
}

func (v *visit) searchForm() error {
	return v.show("Search", searchPage{Note: ui.Notice{Tone: ui.Info, Text: "Type into the search box above: a customer, a campaign, a code or its last four characters, a reference."}}.view())
}

// searchLimit is how many of each kind are shown; more words narrow the search.
const searchLimit = 10

func (v *visit) search() error {
	f, err := httpx.ReadForm(v.r)
	if err != nil {
		return err
	}
	typed := f.Text("q")
	if typed == "" {
		return v.searchForm()
	}
	p := searchPage{Words: typed, Note: templ.NopComponent}
	for _, part := range []func(string) (searchPart, error){v.searchVouchers, v.searchCustomers, v.searchCampaigns, v.searchReferences} {
		found, err := part(typed)
		if err != nil && !fault403(err) && !invalid(err) {
			return err
		}
		if len(found.Table.Rows) > 0 {
			p.Parts = append(p.Parts, found)
		}
	}
	if len(p.Parts) == 0 {
		p.Note = ui.Card{Body: ui.Empty{Icon: "search", Title: "Nothing found", Text: "Neither a customer, a campaign, a voucher nor a reference fits. Names are found by their beginning, codes whole or by their last four characters."}}
	}
	return v.page(http.StatusOK, "Search", p.view())
}

func (v *visit) searchVouchers(typed string) (searchPart, error) {
	part := searchPart{Title: "Vouchers"}
	if !v.can(coupon.ListVouchers) {
		return part, nil
	}
	page, err := v.App.Vouchers(v.ctx(), v.by, coupon.VoucherFilter{Search: typed}, coupon.Paging{Limit: searchLimit})
	part.Table = ui.Table{Label: "Vouchers found", Columns: voucherColumns(), Rows: v.voucherRows(page.Rows, nil), Wide: true}
	return part, err
}

func (v *visit) searchCustomers(typed string) (searchPart, error) {
	part := searchPart{Title: "Customers"}
	if !v.can(coupon.ReadMaskedCustomers) {
		return part, nil
	}
	page, err := v.App.Customers(v.ctx(), v.by, coupon.CustomerFilter{Search: typed}, coupon.Paging{Limit: searchLimit})
	part.Table = ui.Table{Label: "Customers found", Rows: v.customerRows(page.Rows), Columns: []ui.Column{
		{Label: "Customer", Lead: true}, {Label: "E-mail", Wrap: true}, {Label: "Mobile", Keep: true}, {Label: "Member"}, {Label: "Groups"}, {Label: "Since", Keep: true}, {Label: "Status", Badge: true}, {Acts: true},
	}}
	return part, err
}

func (v *visit) searchCampaigns(typed string) (searchPart, error) {
	part := searchPart{Title: "Campaigns"}
	if !v.can(coupon.ReadCampaigns) {
		return part, nil
	}
	page, err := v.App.Campaigns(v.ctx(), v.by, coupon.CampaignFilter{Search: typed}, coupon.Paging{Limit: searchLimit})
	part.Table = ui.Table{Label: "Campaigns found", Columns: campaignColumns(), Rows: v.campaignRows(page.Rows)}
	return part, err
}

func (v *visit) searchReferences(typed string) (searchPart, error) {
	part := searchPart{Title: "Redemptions with this reference"}
	if !v.can(coupon.ReadRedemptions) {
		return part, nil
	}
	page, err := v.App.Redemptions(v.ctx(), v.by, coupon.RedemptionFilter{Reference: typed}, coupon.Paging{Limit: searchLimit})
	part.Table = ui.Table{Label: "Redemptions found", Columns: []ui.Column{{Label: "When", Lead: true, Keep: true}, {Label: "Voucher", Keep: true}, {Label: "Amount", Num: true}, {Label: "Customer"}, {Label: "Where"}}}
	for i := range page.Rows {
		part.Table.Rows = append(part.Table.Rows, v.useRow(&page.Rows[i]))
	}
	return part, err
}
