namespace Sallyport.Runner.Working;

/// <summary>The post of a JavaScript action inside a composite: it runs in "Post …" of the outermost one.</summary>
internal sealed record EmbeddedPost(
    LoadedAction Action,
    IReadOnlyDictionary<string, string> Inputs,
    IReadOnlyDictionary<string, string> Env,
    StepScope Scope,
    string Name,
    Dictionary<string, string> State);
