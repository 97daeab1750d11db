using System.Collections.Immutable;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Learning;

/// <summary>What a learned policy has besides rules: types of questions, and daemons of the machine by their Unix sockets.</summary>
internal sealed class LearnedSettings
{
    private readonly SortedDictionary<string, List<ObservedDestination>> sockets = new(StringComparer.Ordinal);
    private readonly SortedSet<string> questions = new(StringComparer.Ordinal);

    /// <summary>Names of <see cref="DnsQuestionType"/>, in order.</summary>
    public ImmutableArray<string> Questions => [.. questions];

    /// <summary>Paths and who asked there, in order.</summary>
    public ImmutableArray<(string Path, ImmutableArray<ObservedDestination> By)> Sockets =>
        [.. sockets.Select(pair => (pair.Key, pair.Value.ToImmutableArray()))];

    /// <returns>Why the type of the question cannot be opened; null when it is.</returns>
    public string? AddQuestion(ObservedDestination question)
    {
        string type = question.QuestionType ?? "A";
        if (DnsQuestionType.Always.Any(always => always.Name == type))
        {
            return null;
        }
        if (!DnsQuestionType.TryParse(type, out DnsQuestionType known))
        {
            return $"questions of type {Escape.Text(type)} cannot be opened";
        }
        _ = questions.Add(known.Name);
        return null;
    }

    /// <returns>Why it cannot be named in a policy; null when it is.</returns>
    public string? AddSocket(ObservedDestination socket)
    {
        string path = socket.Path ?? "";
        if (!SettingsReader.IsSocket(path) || path.Contains('\uFFFD'))
        {
            return "not a path that sockets: takes";
        }
        if (!sockets.TryGetValue(path, out List<ObservedDestination>? known))
        {
            if (sockets.Count >= SettingsReader.MaxSockets)
            {
                return $"sockets: takes {SettingsReader.MaxSockets} at most";
            }
            sockets.Add(path, known = []);
        }
        known.Add(socket);
        return null;
    }
}
