namespace Sallyport.Agent.Control;

/// <summary>That root on the machine has switched enforcement off for a job: whoever takes the job over goes on so.</summary>
/// <param name="Reason">As it was given.</param>
/// <param name="Before">Mode until then, <c>audit</c> or <c>block</c>.</param>
internal sealed record JobOverride(string Reason, string Before);
