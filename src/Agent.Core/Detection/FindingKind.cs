namespace Sallyport.Agent.Core.Detection;

/// <summary>A kind of finding, as the manual describes it.</summary>
/// <param name="Id">Kebab-case, never given to another kind.</param>
/// <param name="Title">One sentence: what was found.</param>
/// <param name="Severity"><c>low</c>, <c>medium</c>, <c>high</c> or <c>critical</c>.</param>
/// <param name="Why">Why that matters, and what is seen of it.</param>
/// <param name="WhatToDo">For whoever reads the report.</param>
public sealed record FindingKind(string Id, string Title, string Severity, string Why, string WhatToDo);
