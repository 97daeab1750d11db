namespace Sallyport.Runner.Working;

/// <summary>An action that is on disk.</summary>
/// <param name="Folder">Of a local one with the <c>/./</c> that the runner leaves in.</param>
/// <param name="Repository">owner/repo; empty for a local one.</param>
/// <param name="Ref">Empty for a local one.</param>
/// <param name="Name">What the telemetry calls it.</param>
/// <param name="Manifest">Its action.yml.</param>
internal sealed record LoadedAction(string Folder, string Repository, string Ref, string Name, ActionManifest Manifest)
{
    public bool IsRemote => Repository.Length > 0;
}
