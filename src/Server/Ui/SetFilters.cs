namespace Sallyport.Server.Ui;

/// <summary>The filters of an address that a list shows as removable.</summary>
/// <param name="Here">Address of the list.</param>
/// <param name="Names">Of filters, with what is shown.</param>
internal sealed record SetFilters(Address Here, params (string Name, string Title)[] Names);
