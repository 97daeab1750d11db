using System.Collections.Immutable;

namespace Sallyport.Docker.Tests.Agent;

/// <summary>A row of <c>processes</c> in report.json, as far as these tests read it.</summary>
public sealed record ReportedProcess(
    string? Id, string? Parent, string? Exe, ImmutableArray<string> Argv, string? Container);
