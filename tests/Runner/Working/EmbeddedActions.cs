namespace Sallyport.Runner.Working;

/// <summary>
/// What the parts of a composite action keep from its pre to its post, by their names within it. One for the three stages of the outermost one.
/// </summary>
internal sealed class EmbeddedActions
{
    private readonly Dictionary<string, Dictionary<string, string>> _states = [];
    private readonly List<EmbeddedPost> _posts = [];

    /// <summary>The first registered first.</summary>
    public IReadOnlyList<EmbeddedPost> Posts => _posts;

    public Dictionary<string, string> StateOf(string name) =>
        _states.TryGetValue(name, out Dictionary<string, string>? state) ? state : _states[name] = [];

    /// <summary>Once for each part: what its main knows is newer than what its pre knew.</summary>
    public void Register(EmbeddedPost post)
    {
        _posts.RemoveAll(other => other.Name == post.Name);
        _posts.Add(post);
    }
}
