package coupon

import (
	"time"

	"github.com/scriphq/scrip/internal/fault"
)

// CreateCampaign makes a campaign with its first terms and its standing batch.
type CreateCampaign struct {
	Campaign Campaign
	Terms    TermsDoc
	By       Actor
}

// Resolve needs nothing.
func (c CreateCampaign) Resolve(*Lookup) {}

// Lock needs nothing.
func (c CreateCampaign) Lock(*Links, *Keys) {}

// Decide adds the rows.
func (c CreateCampaign) Decide(e *Effects, now time.Time) (any, error) {
	cam := c.Campaign
	cam.ID, cam.Version, cam.CreatedAt, cam.UpdatedAt = CampaignID(e.state.IDs.Next("cmp")), 1, now, now
	if cam.State == "" {
		cam.State = CampaignActive
	}
	cam.Terms = e.addTerms(&cam, c.Terms, now)
	b := &Batch{
		ID: BatchID(e.state.IDs.Next("bat")), Campaign: cam.ID, Description: cam.Name, Label: Label(cam.Name), Code: cam.Code, Source: "standing",
		State: BatchActive, Version: 1, MadeBy: c.By, CreatedAt: now, UpdatedAt: now,
	}
	cam.Standing = b.ID
	e.batches.add(b.ID, b)
	e.campaigns.add(cam.ID, &cam)
	e.event(Event{Type: EventCampaignCreated, Subject: string(cam.ID), Version: 1, Campaign: cam.ID, By: c.By, At: now, Data: map[string]any{"name": cam.Name, "kind": cam.Kind}})
	return cam, nil
}

func (e *Effects) addTerms(cam *Campaign, doc TermsDoc, now time.Time) TermsID {
	t := &Terms{ID: TermsID(e.state.IDs.Next("trm")), Campaign: cam.ID, Kind: cam.Kind, Doc: doc, CreatedAt: now}
	e.terms = append(e.terms, t)
	return t.ID
}

// ChangeCampaign changes what the given function changes. Kind, value type and
// currency are frozen once a voucher exists; vouchers that exist keep their terms. An
// archived campaign stays as it is.
type ChangeCampaign struct {
	ID     CampaignID
	Change func(*Campaign, *TermsDoc) error // nil changes nothing but the state
	To     CampaignState                    // the state it is brought to; "" leaves it
	By     Actor
}

// Resolve looks the campaign's terms up.
func (c ChangeCampaign) Resolve(q *Lookup) { q.Campaigns = append(q.Campaigns, c.ID) }

// Lock takes the campaign for itself: while its limits change nobody may count.
func (c ChangeCampaign) Lock(l *Links, k *Keys) {
	k.OwnCampaigns = append(k.OwnCampaigns, c.ID)
	k.Terms = append(k.Terms, l.Campaigns[c.ID].Terms)
}

// Decide writes new terms where they changed, and has the counters made anew where
// another set of limits is counted from now on.
func (c ChangeCampaign) Decide(e *Effects, now time.Time) (any, error) {
	cam := e.campaigns.edit(e.state.Campaigns, c.ID)
	if cam == nil {
		return nil, missing("campaign")
	}
	terms := e.state.Terms[cam.Terms]
	if terms == nil {
		return nil, ErrMoved
	}
	before, doc := *cam, terms.Doc
	if before.State == CampaignArchived {
		if c.To == CampaignArchived && c.Change == nil {
			return before, nil
		}
		return nil, ErrConflict.Saying("An archived campaign stays as it is.")
	}
	if c.To != "" {
		cam.State = c.To
	}
	if c.Change != nil {
		if err := c.Change(cam, &doc); err != nil {
			return nil, err
		}
	}
	before.IssuedAny = before.IssuedAny || e.anyOf(c.ID)
	if err := frozenFields(&before, cam, terms.Doc, doc); err != nil {
		return nil, err
	}
	if !sameDoc(terms.Doc, doc) {
		cam.Terms = e.addTerms(cam, doc, now)
	}
	if before.Limits.Counted() != cam.Limits.Counted() {
		e.recount = append(e.recount, cam.ID)
	}
	cam.Version++
	cam.UpdatedAt = now
	e.event(Event{Type: changeEvent(before.State, cam.State), Subject: string(cam.ID), Version: cam.Version, Campaign: cam.ID, By: c.By, At: now,
		Data: map[string]any{"before": before.State, "after": cam.State, "terms": cam.Terms}})
	return *cam, nil
}

func changeEvent(before, after CampaignState) EventType {
	if before == after {
		return EventCampaignChanged
	}
	switch after {
	case CampaignPaused:
		return EventCampaignPaused
	case CampaignArchived:
		return EventCampaignArchived
	}
	return EventCampaignActivated
}

func frozenFields(before, after *Campaign, was, is TermsDoc) error {
	if !before.IssuedAny {
		return nil
	}
	fields := fault.Fields{}
	if before.Kind != after.Kind {
		fields["kind"] = "The kind cannot change: vouchers exist."
	}
	if was.Value.Type != is.Value.Type {
		fields["value.type"] = "The type cannot change: vouchers exist."
	}
	if was.Value.Money != nil && (is.Value.Money == nil || was.Value.Money.Asset != is.Value.Money.Asset) {
		fields["value.money.currency"] = "The currency cannot change: vouchers exist."
	}
	if was.Value.Unit != is.Value.Unit {
		fields["value.unit"] = "The unit cannot change: vouchers exist."
	}
	return fault.Check(fields)
}

// anyOf reports whether the batch knows a voucher of the campaign: it may be new.
func (e *Effects) anyOf(id CampaignID) bool {
	for _, v := range e.state.Vouchers {
		if v.row.Campaign == id {
			return true
		}
	}
	return false
}

// SetCampaignState activates, pauses or archives.
func SetCampaignState(id CampaignID, to CampaignState, by Actor) ChangeCampaign {
	return ChangeCampaign{ID: id, To: to, By: by}
}
