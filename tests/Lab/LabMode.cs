namespace Sallyport.Lab;

/// <summary>Whether and how the agent watches a command.</summary>
public enum LabMode
{
    /// <summary>The command runs by itself: the control that shows that an attack works here.</summary>
    Off,

    /// <summary>Under <c>sallyport run --mode audit</c>.</summary>
    Audit,

    /// <summary>Under <c>sallyport run --mode block</c>.</summary>
    Block,
}
