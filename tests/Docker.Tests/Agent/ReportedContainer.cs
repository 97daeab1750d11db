namespace Sallyport.Docker.Tests.Agent;

/// <summary>A row of <c>containers</c> in report.json.</summary>
public sealed record ReportedContainer(string? Id, string? Name, string? Image, bool StepInferred);
