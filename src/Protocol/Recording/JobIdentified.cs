using System.Text.Json.Serialization;
using Sallyport.Protocol.Report;

namespace Sallyport.Protocol.Recording;

/// <summary>The job of a runner is known, or more of it than before; the last line of a recording holds.</summary>
/// <param name="GitHub">All that is known.</param>
public sealed record JobIdentified([property: JsonPropertyName("github")] GitHubDocument GitHub) : RecordedEvent;
