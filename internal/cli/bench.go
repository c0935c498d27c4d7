package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/config"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/store"
)

type benchCommands struct {
	Fill benchFill `cmd:"" help:"Fill an installation with refill coupons, customers and redemptions, to see how large it may grow."`
}

type benchFill struct {
	config.Storage
	Vouchers  int64 `help:"Vouchers to make." default:"1000000" env:"SCRIP_VOUCHERS"`
	Customers int   `help:"Customers to make, where they are not there yet." default:"1000" env:"SCRIP_CUSTOMERS"`
	Redeemed  int64 `help:"Vouchers of them to redeem." default:"10000" env:"SCRIP_REDEEMED"`
}

// Validate refuses what cannot be filled in.
func (c *benchFill) Validate() error {
	if c.Vouchers < 1 || c.Customers < 1 || c.Redeemed < 0 || c.Redeemed > c.Vouchers {
		return errors.New("--vouchers and --customers must be above 0, and --redeemed at most --vouchers")
	}
	return nil
}

// fillers is how many redeem at once.
const fillers = 256

// Run makes everything through the use cases, as people would, only faster.
func (c *benchFill) Run(e *env) (err error) {
	o, err := open(e, &c.Storage, logger(e.log, "text"), store.Options{Existing: true})
	if err != nil {
		return err
	}
	defer func() { err = closing(err, o) }()
	f := filler{benchFill: c, app: o.app, out: e.out, req: app.Request{By: app.Program("bench")}}
	name := "Bench " + strconv.FormatInt(c.Vouchers, 10)
	campaign, err := o.app.CreateCampaign(e, f.req, app.CampaignInput{Kind: coupon.KindRefill, Name: &name, Value: &coupon.Value{Type: coupon.ValueAmount}})
	if err != nil {
		return err
	}
	for left := c.Vouchers; left > 0; left -= app.MaxQuantity {
		if err := f.batch(e, campaign.ID, min(left, app.MaxQuantity)); err != nil {
			return err
		}
	}
	return f.redeem(e)
}

// filler is a fill under way.
type filler struct {
	*benchFill
	app   *app.App
	out   io.Writer
	req   app.Request
	codes []string // to redeem
}

// batch makes one batch and keeps as many of its codes as are to be redeemed.
func (f *filler) batch(ctx context.Context, campaign coupon.CampaignID, n int64) error {
	org, err := f.app.Organisation(ctx)
	if err != nil {
		return err
	}
	b, err := f.app.CreateBatch(ctx, f.req, campaign, app.BatchInput{Description: "Bench", Quantity: n, Money: &money.Amount{Minor: 1000, Asset: money.Asset(org.Currency)}})
	if err != nil {
		return err
	}
	fmt.Fprintf(f.out, "Making %d vouchers …\n", n)
	if err := f.app.Generate(ctx, coupon.Job{ID: b.Job, Subject: string(b.ID), By: f.req.By.Actor}); err != nil {
		return err
	}
	if int64(len(f.codes)) == f.Redeemed {
		return nil
	}
	enough := errors.New("enough")
	err = f.app.ExportBatch(ctx, f.req, b.ID, "To redeem some", func(_ coupon.VoucherView, code string) error {
		f.codes = append(f.codes, code)
		if int64(len(f.codes)) == f.Redeemed {
			return enough
		}
		return nil
	})
	if errors.Is(err, enough) {
		return nil
	}
	return err
}

// redeem redeems the kept codes, many at once, for each customer in turn.
func (f *filler) redeem(ctx context.Context) error {
	fmt.Fprintf(f.out, "Redeeming %d of them …\n", len(f.codes))
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, fillers)
	for w := range fillers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(f.codes) && errs[w] == nil; i = int(next.Add(1)) - 1 {
				who := coupon.CustomerRef{Key: coupon.SourceKey("bench-" + strconv.Itoa(i%f.Customers))}
				_, err := f.app.Redeem(ctx, f.req, app.RedeemInput{Code: f.codes[i], Customer: who, Reference: "B-" + strconv.Itoa(i), Channel: coupon.ViaAPI})
				if fault.Of(err) != nil && fault.Of(err).Kind == fault.Unavailable {
					err = nil // the queue was full: this voucher stays unused
				}
				errs[w] = err
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
