namespace Sallyport.Runner.Working;

/// <summary>The post of a JavaScript action inside a composite: it runs in "Post …" of the outermost one.</summary>
/// <param name="Action">The part.</param>
/// <param name="Inputs">As they were when it was registered.</param>
/// <param name="Env">Its step's <c>env:</c>, templates.</param>
/// <param name="Scope">Of the composite it is a part of.</param>
/// <param name="Name"><see cref="StepRun.InnerName"/>.</param>
/// <param name="State">STATE_ of its stages.</param>
internal sealed record EmbeddedPost(
    LoadedAction Action,
    IReadOnlyDictionary<string, string> Inputs,
    IReadOnlyDictionary<string, string> Env,
    StepScope Scope,
    string Name,
    Dictionary<string, string> State);
