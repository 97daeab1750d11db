using System.Globalization;

namespace Sallyport.Protocol.ServerOverrides;

/// <summary>
/// Breaking the glass from afar, for a time: enforcement is switched off in the jobs that it names, on machines that trust its key. Payload of a
/// <see cref="Signing.SignedEnvelope"/>: <c>{"id":"0193…","owner":"octo","repository":"octo/demo","run":null,"runner":null,
/// "reason":"the registry has moved","by":"mona","from":1764158400,"until":1764162000}</c>.
/// </summary>
/// <param name="Id">Tells it apart; 1 to <see cref="OverrideLimits.IdCharacters"/> characters.</param>
/// <param name="Owner">Organisation or user whose jobs it is for; 1 to <see cref="OverrideLimits.OwnerCharacters"/> characters.</param>
/// <param name="Repository"><c>owner/name</c> that it is for; null for all of the owner's.</param>
/// <param name="Run">Id of the workflow's run that it is for; null for all.</param>
/// <param name="Runner">Name of the runner that it is for; null for all.</param>
/// <param name="Reason">Stands in every output; 1 to <see cref="OverrideLimits.ReasonCharacters"/> characters, one line.</param>
/// <param name="By">Who has signed it; 1 to <see cref="OverrideLimits.NameCharacters"/> characters.</param>
/// <param name="From">From when it holds, seconds since 1970.</param>
/// <param name="Until">When it ends, seconds since 1970; at most <see cref="OverrideLimits.Longest"/> after <paramref name="From"/>.</param>
public sealed record ServerOverride(
    string Id, string Owner, string? Repository, string? Run, string? Runner, string Reason, string By, long From, long Until)
{
    /// <summary>What breaks a bound; null when nothing does. A value from outside may hold null where the type has none.</summary>
    public string? Mistake() => this switch
    {
        _ when !IsLine(Id, OverrideLimits.IdCharacters) => "it has no id",
        _ when !IsLine(Owner, OverrideLimits.OwnerCharacters) => "it names no owner",
        { Repository: { } repository } when !IsLine(repository, OverrideLimits.NameCharacters) => "its repository is no name",
        { Run: { } run } when !IsLine(run, OverrideLimits.IdCharacters) => "its run is no id",
        { Runner: { } runner } when !IsLine(runner, OverrideLimits.NameCharacters) => "its runner is no name",
        _ when !IsLine(Reason, OverrideLimits.ReasonCharacters) => $"the reason has 1 to {OverrideLimits.ReasonCharacters} characters, in one line",
        _ when !IsLine(By, OverrideLimits.NameCharacters) => "it does not say by whom",
        { From: < 0 or > OverrideLimits.LastSecond } or { Until: < 0 or > OverrideLimits.LastSecond } => "its times are none",
        _ when Until <= From => "it ends before it begins",
        _ when Until - From > (long)OverrideLimits.Longest.TotalSeconds => string.Create(
            CultureInfo.InvariantCulture, $"it lasts {(Until - From) / 3600.0:0.#} hours; at most {OverrideLimits.Longest.TotalHours:0}"),
        _ => null,
    };

    private static bool IsLine(string? text, int most) => text is { Length: > 0 } && text.Length <= most && !text.Any(char.IsControl);
}
