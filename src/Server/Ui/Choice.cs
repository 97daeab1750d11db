namespace Sallyport.Server.Ui;

/// <summary>A filter as a list of links.</summary>
/// <param name="Here">Address of the list.</param>
/// <param name="Name">Of the filter in the address.</param>
/// <param name="Label">Said to who cannot see it.</param>
/// <param name="Options">Values with what is shown; null takes the filter away.</param>
internal sealed record Choice(Address Here, string Name, string Label, (string? Value, string Title)[] Options);
