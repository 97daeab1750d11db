namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary><c>INFO JobRunner] Total job steps: 23.</c> Steps before the first main one count, later ones do not.</summary>
/// <param name="Count">Of the lines <c>Processing step</c> before the first <c>Post</c>.</param>
public sealed record StepsCountedEntry(int Count) : WorkerEntry;
