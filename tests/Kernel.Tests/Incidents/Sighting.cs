namespace Sallyport.Kernel.Tests.Incidents;

/// <summary>A row of a report that shows a step of an incident.</summary>
/// <param name="Text">For the page.</param>
/// <param name="Process">Whose doing it says that it is.</param>
internal sealed record Sighting(string Text, string? Process);
