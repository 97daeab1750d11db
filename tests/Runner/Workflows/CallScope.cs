using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Sallyport.Runner.Workflows;

/// <summary>What a workflow file knows of the job that calls it; empty for the file that is run.</summary>
/// <param name="Prefix">Of the paths of its jobs: <c>caller/</c>.</param>
/// <param name="NamePrefix">Of their names: <c>Caller / </c>.</param>
/// <param name="Inputs">Evaluated.</param>
/// <param name="Secrets">Those handed on.</param>
/// <param name="Needs">What the calling job needs.</param>
/// <param name="Depth">Calls so far.</param>
internal sealed record CallScope(
    string Prefix,
    string NamePrefix,
    JsonObject Inputs,
    JsonObject Secrets,
    ImmutableArray<string> Needs,
    int Depth);
